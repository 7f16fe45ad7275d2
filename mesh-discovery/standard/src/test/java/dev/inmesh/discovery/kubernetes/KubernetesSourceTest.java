package dev.inmesh.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.discovery.http.Follow;
import dev.inmesh.discovery.http.Mutations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers as the API server gives them, and odd ones. */
@Timeout(60)
final class KubernetesSourceTest {

  private static final String HTTP = "[{\"name\":\"http\",\"port\":8080,\"protocol\":\"TCP\"}]";

  private final MockWebServer server = new MockWebServer();
  private final Path folder;

  KubernetesSourceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void start() throws IOException {
    server.start();
    Files.writeString(folder.resolve("namespace"), "shop\n");
    Files.writeString(folder.resolve("token"), "t1\n");
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Follow follow(String service, String... pairs) {
    Map<String, Object> values = new HashMap<>();
    values.put("address", List.of("localhost:" + server.getPort()));
    values.put("tls", "off");
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      values.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return follow(service, Map.of(), values);
  }

  private Follow follow(
      String service, Map<String, String> environment, Map<String, Object> values) {
    return Follow.of(
        new KubernetesSourceFactory(new ServiceAccount(folder, environment)), service, values);
  }

  private static String slice(String name, int version, String ports, String... endpoints) {
    return """
        {"metadata":{"name":"%s","resourceVersion":"%d"},"addressType":"IPv4","ports":%s,
         "endpoints":[%s]}"""
        .formatted(name, version, ports, String.join(",", endpoints));
  }

  private static String endpoint(String address, String conditions) {
    return "{\"addresses\":[\"%s\"],\"conditions\":{%s},\"zone\":\"a\"}"
        .formatted(address, conditions);
  }

  private static String list(String version, String more, String... slices) {
    return """
        {"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1",
         "metadata":{"resourceVersion":"%s","continue":"%s"},"items":[%s]}"""
        .formatted(version, more, String.join(",", slices));
  }

  private static String event(String type, String object) {
    return "{\"type\":\"%s\",\"object\":%s}\n".formatted(type, object);
  }

  private static String bookmark(int version) {
    return event("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"%d\"}}".formatted(version));
  }

  private static String gone() {
    return event("ERROR", "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}");
  }

  private void answers(String body) {
    server.enqueue(new MockResponse.Builder().body(body).build());
  }

  private void refuses(int status, String message) {
    server.enqueue(
        new MockResponse.Builder()
            .code(status)
            .body("{\"kind\":\"Status\",\"message\":\"" + message + "\"}")
            .build());
  }

  private HttpUrl asked() throws InterruptedException {
    return server.takeRequest().getUrl();
  }

  private String listOf(String service, String... slices) throws InterruptedException {
    answers(list("7", "", slices));
    try (Follow follow = follow(service)) {
      return follow.next();
    }
  }

  @Test
  void aListIsAskedForAndThenWatchedFromItsVersionOn() throws Exception {
    answers(list("7", "", slice("s", 5, HTTP, endpoint("10.0.0.1", ""))));
    answers("");
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:8080 zone=a]");
      assertThat(follow.next()).isEqualTo("unchanged");
    }
    RecordedRequest first = server.takeRequest();
    assertThat(first.getHeaders().get("Authorization")).isEqualTo("Bearer t1");
    HttpUrl listed = first.getUrl();
    assertThat(listed.encodedPath())
        .isEqualTo("/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices");
    assertThat(listed.queryParameter("labelSelector"))
        .isEqualTo("kubernetes.io/service-name=inventory");
    HttpUrl watched = asked();
    assertThat(watched.encodedPath()).isEqualTo(listed.encodedPath());
    assertThat(watched.queryParameter("labelSelector"))
        .isEqualTo("kubernetes.io/service-name=inventory");
    assertThat(watched.queryParameter("watch")).isEqualTo("true");
    assertThat(watched.queryParameter("allowWatchBookmarks")).isEqualTo("true");
    assertThat(watched.queryParameter("resourceVersion")).isEqualTo("7");
    assertThat(watched.queryParameter("timeoutSeconds")).isEqualTo("30");
  }

  @Test
  void eventsChangeSlicesAndTheNextWatchGoesOnBehindThem() throws Exception {
    answers(
        list(
            "7",
            "",
            slice("s", 5, HTTP, endpoint("10.0.0.1", "")),
            slice("t", 6, HTTP, endpoint("10.0.0.2", ""))));
    answers(
        event("MODIFIED", slice("s", 8, HTTP, endpoint("10.0.0.3", "")))
            + event("ADDED", slice("u", 9, HTTP, endpoint("10.0.0.4", "")))
            + event("DELETED", slice("t", 10, HTTP)));
    answers("");
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:8080 zone=a, 10.0.0.2:8080 zone=a]");
      follow.await("[10.0.0.3:8080 zone=a, 10.0.0.4:8080 zone=a]");
      HttpUrl unused = asked();
      unused = asked();
      assertThat(asked().queryParameter("resourceVersion")).isEqualTo("10");
    }
  }

  @Test
  void bookmarksMoveTheVersionWithoutAChange() throws Exception {
    answers(list("7", "", slice("s", 5, HTTP, endpoint("10.0.0.1", ""))));
    answers(bookmark(50));
    answers("");
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:8080 zone=a]");
      assertThat(follow.next()).isEqualTo("unchanged");
      HttpUrl unused = asked();
      unused = asked();
      assertThat(asked().queryParameter("resourceVersion")).isEqualTo("50");
      assertThat(follow.next()).isEqualTo("unchanged");
    }
  }

  @Test
  void whenTheVersionIsGoneAllIsListedAnew() throws Exception {
    answers(list("7", "", slice("s", 5, HTTP, endpoint("10.0.0.1", ""))));
    answers(gone());
    answers(list("70", "", slice("t", 69, HTTP, endpoint("10.0.0.2", ""))));
    refuses(410, "too old resource version: 70 (80)");
    answers(list("90", "", slice("u", 69, HTTP, endpoint("10.0.0.3", ""))));
    answers("");
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:8080 zone=a]");
      assertThat(follow.nextChange()).isEqualTo("[10.0.0.2:8080 zone=a]");
      assertThat(follow.nextChange()).isEqualTo("[10.0.0.3:8080 zone=a]");
      for (String version : new String[] {"", "7", "", "70", "", "90"}) {
        assertThat(String.valueOf(asked().queryParameter("resourceVersion")))
            .isEqualTo(version.isEmpty() ? "null" : version);
      }
    }
  }

  @Test
  void otherFailuresOfAWatchAreSaid() throws Exception {
    answers(list("7", "", slice("s", 5, HTTP, endpoint("10.0.0.1", ""))));
    answers(event("ERROR", "{\"kind\":\"Status\",\"code\":500,\"message\":\"etcd is away\"}"));
    answers(list("7", "", slice("s", 5, HTTP, endpoint("10.0.0.1", ""))));
    answers(event("NONSENSE", "{}"));
    refuses(403, "endpointslices is forbidden");
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:8080 zone=a]");
      assertThat(follow.nextChange()).endsWith("its watch fails: etcd is away");
      assertThat(follow.next()).isEqualTo("[10.0.0.1:8080 zone=a]");
      assertThat(follow.nextChange()).endsWith("its watch says nonsense");
      assertThat(follow.next()).endsWith("status 403: endpointslices is forbidden");
    }
  }

  @Test
  void aLongListIsReadPageByPage() throws Exception {
    answers(list("7", "more", slice("s", 5, HTTP, endpoint("10.0.0.1", ""))));
    answers(list("7", "", slice("t", 5, HTTP, endpoint("10.0.0.2", ""))));
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:8080 zone=a, 10.0.0.2:8080 zone=a]");
    }
    HttpUrl first = asked();
    assertThat(first.queryParameter("limit")).isEqualTo("100");
    assertThat(first.queryParameter("continue")).isNull();
    assertThat(asked().queryParameter("continue")).isEqualTo("more");
  }

  @Test
  void pagesThatAreGoneAreListedAnew() throws Exception {
    answers(list("7", "more", slice("s", 5, HTTP, endpoint("10.0.0.1", ""))));
    refuses(410, "The provided continue parameter is too old");
    answers(list("9", "", slice("t", 5, HTTP, endpoint("10.0.0.2", ""))));
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next()).isEqualTo("[10.0.0.2:8080 zone=a]");
    }
  }

  @Test
  void anEmptyListIsAskedForAgain() throws Exception {
    answers(list("7", ""));
    answers(list("7", ""));
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next()).isEqualTo("[]");
      assertThat(follow.next()).isEqualTo("[]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                                            | [10.0.0.1:8080 zone=a]",
        "'\"ready\":true'                                            | [10.0.0.1:8080 zone=a]",
        "'\"ready\":null,\"serving\":null,\"terminating\":null'      | [10.0.0.1:8080 zone=a]",
        "'\"ready\":false'                                           | []",
        "'\"ready\":false,\"serving\":false,\"terminating\":false'   | []",
        "'\"ready\":false,\"serving\":true,\"terminating\":true'     | [10.0.0.1:8080 zone=a drain]",
        "'\"ready\":true,\"serving\":true,\"terminating\":true'      | [10.0.0.1:8080 zone=a drain]",
        "'\"ready\":false,\"serving\":false,\"terminating\":true'    | []",
        "'\"ready\":true,\"terminating\":true'                       | [10.0.0.1:8080 zone=a drain]",
      })
  void conditionsSayWhetherAServerIsUsed(String conditions, String expected) throws Exception {
    assertThat(
            listOf(
                "inventory",
                slice("s", 1, HTTP, endpoint("10.0.0.1", conditions == null ? "" : conditions))))
        .isEqualTo(expected);
  }

  @Test
  void anEndpointInTwoSlicesIsListedAsReadyFirst() throws Exception {
    assertThat(
            listOf(
                "inventory",
                slice("s", 1, HTTP, endpoint("10.0.0.1", "\"serving\":true,\"terminating\":true")),
                slice("t", 2, HTTP, endpoint("10.0.0.1", "\"ready\":true"))))
        .isEqualTo("[10.0.0.1:8080 zone=a, 10.0.0.1:8080 zone=a drain]");
  }

  private static final String TWO =
      """
      [{"name":"http","port":8080},{"name":"admin","port":9090,"protocol":"TCP"},
       {"name":"dns","port":53,"protocol":"UDP"}]""";

  @ParameterizedTest
  @CsvSource({
    "inventory:http,[10.0.0.1:8080 zone=a]",
    "inventory:admin,[10.0.0.1:9090 zone=a]",
    "inventory:7777,[10.0.0.1:7777 zone=a]",
    "inventory,'failed: service inventory has the ports [admin, http]; write one as inventory:port'",
    "inventory:dns,'failed: service inventory has no port ''dns'' but [admin, http]'",
  })
  void aPortIsToldByNameOrNumber(String service, String expected) throws Exception {
    assertThat(listOf(service, slice("s", 1, TWO, endpoint("10.0.0.1", "")))).isEqualTo(expected);
  }

  @Test
  void oddSlicesAreReadOrRefusedAndNeverMore() throws IOException {
    String conditions = "\"ready\":false,\"serving\":true,\"terminating\":true";
    String text =
        list(
            "7",
            "",
            slice("s", 1, TWO, endpoint("10.0.0.1", conditions), endpoint("10.0.0.2", "")),
            slice("t", 1, HTTP, endpoint("10.0.0.3", "")));
    ServiceName name = ServiceName.of("inventory:http").orElseThrow();

    int well =
        Mutations.read(
            text,
            20_000,
            json -> {
              Slices slices = new Slices(name, "any");
              json.get("items").elements().forEach(slices::put);
              Object unused = slices.entries();
            });

    assertThat(well).isGreaterThan(1000);
  }

  @Test
  void anUnnamedPortIsTheOnlyOneAndOddPartsAreNone() throws Exception {
    assertThat(
            listOf(
                "inventory",
                slice("s", 1, "[{\"port\":8080}]", endpoint("10.0.0.1", ""), "{}", "7"),
                slice("t", 1, "null", endpoint("10.0.0.2", "")),
                "{\"metadata\":{\"name\":\"u\"},\"ports\":[],\"endpoints\":null}"))
        .isEqualTo("[10.0.0.1:8080 zone=a]");
  }

  @ParameterizedTest
  @CsvSource({
    "any,[10.0.0.1:8080 zone=a]",
    "ipv4,[10.0.0.1:8080 zone=a]",
    "ipv6,'[[fd00::1]:8080 zone=a]'"
  })
  void aServiceWithBothKindsOfAddressesIsListedOnce(String family, String expected)
      throws Exception {
    String six = slice("s6", 1, HTTP, endpoint("fd00::1", "")).replace("\"IPv4\"", "\"IPv6\"");
    answers(list("7", "", six, slice("s4", 1, HTTP, endpoint("10.0.0.1", ""))));
    try (Follow follow = follow("inventory", "family=" + family)) {
      assertThat(follow.next()).isEqualTo(expected);
    }
  }

  @Test
  void aServiceWithIpv6AloneIsListedByIt() throws Exception {
    String six = slice("s6", 1, HTTP, endpoint("fd00::1", "")).replace("\"IPv4\"", "\"IPv6\"");

    assertThat(listOf("inventory", six)).isEqualTo("[[fd00::1]:8080 zone=a]");
  }

  @ParameterizedTest
  @CsvSource({
    "inventory,shop",
    "inventory.north,north",
    "inventory.north:http,north",
    "inventory.north.svc,north",
    "inventory.north.svc.cluster.local:8080,north"
  })
  void theNamespaceIsOfTheNameOrOfThePod(String service, String namespace) throws Exception {
    answers(list("7", ""));
    try (Follow follow = follow(service)) {
      String unused = follow.next();
    }
    HttpUrl url = asked();
    assertThat(url.encodedPath()).contains("/namespaces/" + namespace + "/");
    assertThat(url.queryParameter("labelSelector")).endsWith("=inventory");
  }

  @Test
  void aNamespaceThatIsConfiguredComesBeforeThatOfThePod() throws Exception {
    answers(list("7", ""));
    try (Follow follow = follow("inventory", "namespace=south")) {
      String unused = follow.next();
    }
    assertThat(asked().encodedPath()).contains("/namespaces/south/");
  }

  @Test
  void withoutAnyNamespaceItSaysWhatToDo() throws Exception {
    Files.delete(folder.resolve("namespace"));
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next())
          .endsWith(
              "no namespace: write service.namespace, or set mesh.discovery.registry.namespace");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Inventory", "a/b", "a.b.c", "a..b", "a:", "a.b:x:y", "../x", "a b"})
  void whatIsNoServiceIsRefused(String service) {
    KubernetesSourceFactory factory = new KubernetesSourceFactory();

    assertThat(factory.refusal(service, Follow.settings(factory, Map.of()))).isPresent();
    assertThat(factory.refusal("inventory.shop:http", Follow.settings(factory, Map.of())))
        .isEmpty();
  }

  @Test
  void aTokenThatIsReplacedIsReadAnew() throws Exception {
    answers(list("7", "", slice("s", 5, HTTP, endpoint("10.0.0.1", ""))));
    server.enqueue(
        new MockResponse.Builder().code(401).body("{\"message\":\"Unauthorized: t1\"}").build());
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:8080 zone=a]");
      assertThat(follow.nextChange()).endsWith("status 401: Unauthorized: ***");
      Files.writeString(folder.resolve("token"), "t2");
      answers(list("7", "", slice("s", 5, HTTP, endpoint("10.0.0.2", ""))));
      answers(list("7", "", slice("s", 5, HTTP, endpoint("10.0.0.2", ""))));
      assertThat(follow.nextChange()).isEqualTo("[10.0.0.2:8080 zone=a]");
    }
    String last = "";
    for (int i = 0; i < 4 && !last.equals("Bearer t2"); i++) {
      last = String.valueOf(server.takeRequest().getHeaders().get("Authorization"));
    }
    assertThat(last).isEqualTo("Bearer t2");
  }

  @Test
  void aTokenOfTheConfigurationComesFirstAndAMissingFileIsSaid() throws Exception {
    answers(list("7", ""));
    try (Follow follow = follow("inventory", "token=s3cret")) {
      String unused = follow.next();
    }
    assertThat(server.takeRequest().getHeaders().get("Authorization")).isEqualTo("Bearer s3cret");
    try (Follow follow = follow("inventory", "token-file=" + folder.resolve("none"))) {
      assertThat(follow.next()).endsWith("none is not there");
    }
    Files.delete(folder.resolve("token"));
    answers(list("7", ""));
    try (Follow follow = follow("inventory")) {
      assertThat(follow.next()).isEqualTo("[]");
    }
    assertThat(server.takeRequest().getHeaders().get("Authorization")).isNull();
  }

  @Test
  void aPodNeedsNoKeys() throws Exception {
    HeldCertificate authority = new HeldCertificate.Builder().certificateAuthority(0).build();
    HeldCertificate held =
        new HeldCertificate.Builder()
            .addSubjectAlternativeName("localhost")
            .signedBy(authority)
            .build();
    server.useHttps(
        new HandshakeCertificates.Builder().heldCertificate(held).build().sslSocketFactory());
    Files.writeString(folder.resolve("ca.crt"), authority.certificatePem());
    answers(list("7", "", slice("s", 5, HTTP, endpoint("10.0.0.1", ""))));
    server.enqueue(
        new MockResponse.Builder()
            .body(bookmark(8) + " ".repeat(100))
            .throttleBody(80, 15, TimeUnit.SECONDS)
            .build());
    Map<String, String> environment =
        Map.of(
            "KUBERNETES_SERVICE_HOST",
            "localhost",
            "KUBERNETES_SERVICE_PORT",
            Integer.toString(server.getPort()));
    try (Follow follow =
        follow("inventory", environment, Map.of("watch", Duration.ofSeconds(60)))) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:8080 zone=a]");
      assertThat(follow.next()).isEqualTo("unchanged");
      assertThat(follow.next()).isEqualTo("unchanged");
      // HTTP/2, whose pings tell that the silent watch is still one.
      assertThat(follow.next()).isEqualTo("unchanged");
    }
  }
}
