package dev.inmesh.discovery.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.discovery.http.Follow;
import dev.inmesh.discovery.http.Mutations;
import dev.inmesh.discovery.json.Json;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers as Consul gives them, and odd ones. */
@Timeout(60)
final class ConsulSourceTest {

  /** As Consul 1.20 answers, without fields that say nothing here. */
  private static final String RECORDED =
      """
      [{"Node":{"ID":"f0f71b08-3c1e-4b2c-9d56-8a1c3d2b1e11","Node":"node-1","Address":"10.0.0.3",
        "Datacenter":"dc1","TaggedAddresses":{"lan":"10.0.0.3","wan":"192.0.2.3"},
        "Meta":{"consul-network-segment":"","consul-version":"1.20.1"},
        "CreateIndex":13,"ModifyIndex":15},
        "Service":{"ID":"inventory-1","Service":"inventory","Tags":["v2","zone=a","region=eu"],
          "Address":"","Meta":{"version":"2"},"Port":5000,
          "Weights":{"Passing":10,"Warning":1},"EnableTagOverride":false,
          "Proxy":{"Mode":"","MeshGateway":{},"Expose":{}},"Connect":{},"PeerName":"",
          "CreateIndex":21,"ModifyIndex":21},
        "Checks":[{"Node":"node-1","CheckID":"serfHealth","Name":"Serf Health Status",
          "Status":"passing","Notes":"","Output":"Agent alive and reachable","ServiceID":"",
          "ServiceName":"","ServiceTags":[],"Type":"","Interval":"","Timeout":"",
          "ExposedPort":0,"Definition":{},"CreateIndex":13,"ModifyIndex":13},
         {"Node":"node-1","CheckID":"service:inventory-1","Name":"Service 'inventory' check",
          "Status":"passing","Output":"","ServiceID":"inventory-1","Type":"ttl"}]}]
      """;

  private final MockWebServer consul = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    consul.start();
  }

  @AfterEach
  void close() {
    consul.close();
  }

  private Follow follow(String... pairs) {
    Map<String, Object> values = new HashMap<>();
    values.put("address", List.of("localhost:" + consul.getPort()));
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      values.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return Follow.of(new ConsulSourceFactory(), "inventory", values);
  }

  private static String instance(String host, String status, String more) {
    return """
        {"Node":{"Address":"10.0.0.9"},
         "Service":{"Address":"%s","Port":80%s},
         "Checks":[{"CheckID":"c","Status":"%s"}]}"""
        .formatted(host, more, status);
  }

  private void answers(String body, String... headers) {
    MockResponse.Builder response = new MockResponse.Builder().body(body);
    for (String header : headers) {
      response.addHeader(header);
    }
    consul.enqueue(response.build());
  }

  private HttpUrl asked() throws InterruptedException {
    return Objects.requireNonNull(consul.takeRequest()).getUrl();
  }

  private String listOf(String body, String... pairs) throws InterruptedException {
    answers(body, "X-Consul-Index: 5");
    try (Follow follow = follow(pairs)) {
      return follow.next();
    }
  }

  @Test
  void aRecordedAnswerBecomesAnEntry() throws Exception {
    assertThat(listOf(RECORDED)).isEqualTo("[10.0.0.3:5000 weight=10 zone=a region=eu]");
  }

  @Test
  void theQuerySaysAllThatIsConfigured() throws Exception {
    answers("[]");
    try (Follow follow =
        follow(
            "token=s3cret",
            "datacenter=dc2",
            "namespace=shop",
            "partition=north",
            "filter=\"v2\" in Service.Tags",
            "consistency=stale")) {
      String unused = follow.next();
    }
    RecordedRequest request = consul.takeRequest();
    assertThat(request.getHeaders().get("X-Consul-Token")).isEqualTo("s3cret");
    HttpUrl url = request.getUrl();
    assertThat(url.encodedPath()).isEqualTo("/v1/health/service/inventory");
    assertThat(url.queryParameter("dc")).isEqualTo("dc2");
    assertThat(url.queryParameter("ns")).isEqualTo("shop");
    assertThat(url.queryParameter("partition")).isEqualTo("north");
    assertThat(url.queryParameter("filter")).isEqualTo("\"v2\" in Service.Tags");
    assertThat(url.queryParameterNames()).contains("stale").doesNotContain("index", "wait");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stale", "consistent", "cached"})
  void theConsistencyIsAskedFor(String consistency) throws Exception {
    answers("[]");
    try (Follow follow = follow("consistency=" + consistency)) {
      String unused = follow.next();
    }
    assertThat(asked().queryParameterNames()).containsExactly(consistency);
  }

  @Test
  void noTokenIsNoHeader() throws Exception {
    answers("[]");
    try (Follow follow = follow()) {
      String unused = follow.next();
    }
    RecordedRequest request = consul.takeRequest();
    assertThat(request.getHeaders().get("X-Consul-Token")).isNull();
    assertThat(request.getUrl().querySize()).isZero();
  }

  @Test
  void theNextQueryWaitsForWhatComesAfterTheIndex() throws Exception {
    answers("[" + instance("10.0.0.3", "passing", "") + "]", "X-Consul-Index: 42");
    answers("[" + instance("10.0.0.3", "passing", "") + "]", "X-Consul-Index: 42");
    answers("[" + instance("10.0.0.4", "passing", "") + "]", "X-Consul-Index: 43");
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[10.0.0.3:80]");
      assertThat(follow.next()).isEqualTo("unchanged");
      assertThat(follow.next()).isEqualTo("[10.0.0.4:80]");
      assertThat(asked().queryParameter("index")).isNull();
      HttpUrl second = asked();
      assertThat(second.queryParameter("index")).isEqualTo("42");
      assertThat(second.queryParameter("wait")).isEqualTo("10000ms");
      assertThat(asked().queryParameter("index")).isEqualTo("42");
      assertThat(asked().queryParameter("index")).isEqualTo("43");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "42,41,", // It goes backwards: from the beginning.
    "42,0,",
    "42,-3,",
    "0,0,1", // Never less than 1, or it would answer at once for ever.
    "-5,7,7",
    "nonsense,7,7",
  })
  void anIndexIsBelievedAsFarAsConsulSays(String first, String second, String third)
      throws Exception {
    String body = "[" + instance("10.0.0.3", "passing", "") + "]";
    answers(body, "X-Consul-Index: " + first);
    answers(body, "X-Consul-Index: " + second);
    answers(body, "X-Consul-Index: 99");
    try (Follow follow = follow()) {
      HttpUrl unused = asked();
      assertThat(follow.next()).isEqualTo("[10.0.0.3:80]");
      unused = asked();
      assertThat(asked().queryParameter("index")).isEqualTo(third);
    }
  }

  @Test
  void withoutAnIndexItIsAskedAtAPace() throws Exception {
    for (int i = 0; i < 12; i++) {
      answers("[" + instance("10.0.0.3", "passing", "") + "]");
    }
    try (Follow follow = follow()) {
      long begin = System.nanoTime();
      for (int i = 0; i < 12; i++) {
        assertThat(follow.next()).isEqualTo("[10.0.0.3:80]");
      }
      assertThat(System.nanoTime() - begin).isGreaterThan(500_000_000);
    }
    assertThat(asked().queryParameter("index")).isNull();
    assertThat(asked().queryParameter("index")).isNull();
  }

  @Test
  void anEmptyListIsAskedForAgainWithoutWaiting() throws Exception {
    answers("[]", "X-Consul-Index: 42");
    answers("[]", "X-Consul-Index: 42");
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[]");
      assertThat(follow.next()).isEqualTo("[]");
    }
    HttpUrl unused = asked();
    assertThat(asked().queryParameter("index")).isNull();
  }

  @Test
  void withoutALeaderTheListIsNotBelieved() throws Exception {
    answers("[" + instance("10.0.0.3", "passing", "") + "]", "X-Consul-KnownLeader: false");
    answers("[" + instance("10.0.0.4", "passing", "") + "]", "X-Consul-KnownLeader: true");
    try (Follow follow = follow("consistency=stale")) {
      assertThat(follow.next()).endsWith("it knows no leader, so its list may be old");
      assertThat(follow.next()).isEqualTo("[10.0.0.4:80]");
    }
  }

  @Test
  void aFollowerThatHasNotHeardOfItsLeaderForLongIsNotBelieved() throws Exception {
    answers("[" + instance("10.0.0.3", "passing", "") + "]", "X-Consul-LastContact: 15000");
    answers("[" + instance("10.0.0.4", "passing", "") + "]", "X-Consul-LastContact: 50");
    try (Follow follow = follow("consistency=stale")) {
      assertThat(follow.next()).endsWith("its list is 15 s old");
      assertThat(follow.next()).isEqualTo("[10.0.0.4:80]");
    }
  }

  @Test
  void aCachedAnswerIsBelievedWhileItIsYoung() throws Exception {
    answers("[" + instance("10.0.0.3", "passing", "") + "]", "X-Cache: HIT", "Age: 61");
    answers("[" + instance("10.0.0.4", "passing", "") + "]", "X-Cache: HIT", "Age: 0");
    answers("[" + instance("10.0.0.5", "passing", "") + "]", "X-Cache: MISS");
    try (Follow follow = follow("consistency=cached")) {
      assertThat(follow.next()).endsWith("its list is 61 s old");
      assertThat(follow.next()).isEqualTo("[10.0.0.4:80]");
      assertThat(follow.next()).isEqualTo("[10.0.0.5:80]");
    }
  }

  @Test
  void anAnswerLessConsistentThanAskedForIsRefused() throws Exception {
    answers(
        "[" + instance("10.0.0.3", "passing", "") + "]", "X-Consul-Effective-Consistency: stale");
    answers(
        "[" + instance("10.0.0.4", "passing", "") + "]",
        "X-Consul-Effective-Consistency: consistent");
    try (Follow follow = follow("consistency=consistent")) {
      assertThat(follow.next()).endsWith("its answer is stale though consistency=consistent");
      assertThat(follow.next()).isEqualTo("[10.0.0.4:80]");
    }
  }

  @Test
  void theOperatorMayMakeTheDefaultStale() throws Exception {
    answers(
        "[" + instance("10.0.0.3", "passing", "") + "]", "X-Consul-Effective-Consistency: stale");
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[10.0.0.3:80]");
    }
  }

  @Test
  void anEmptyListOfWhichTheTokenMaySeeNothingIsAFailure() throws Exception {
    answers("[]", "X-Consul-Results-Filtered-By-ACLs: true");
    answers(
        "[" + instance("10.0.0.3", "passing", "") + "]", "X-Consul-Results-Filtered-By-ACLs: true");
    try (Follow follow = follow("token=s3cret")) {
      assertThat(follow.next()).endsWith("the token may read none of the servers");
      assertThat(follow.next()).isEqualTo("[10.0.0.3:80]");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Consul-Default-ACL-Policy: deny",
        "X-Consul-Translate-Addresses: true",
        "X-Consul-Query-Backend: streaming",
        "X-Consul-ContentHash: abc",
        "X-Consul-KnownLeader: ?",
        "X-Consul-LastContact: never",
        "X-Consul-LastContact: 99999999999999999999999",
        "Age: -1",
        "Warning: 299",
      })
  void otherHeadersAndOddValuesChangeNothing(String header) throws Exception {
    answers("[" + instance("10.0.0.3", "passing", "") + "]", header);
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[10.0.0.3:80]");
    }
  }

  @Test
  void tooManyRequestsAreWaitedOutAsItSays() throws Exception {
    consul.enqueue(
        new MockResponse.Builder().code(429).addHeader("Retry-After", 1).body("slow down").build());
    answers("[" + instance("10.0.0.3", "passing", "") + "]");
    try (Follow follow = follow()) {
      assertThat(follow.next()).endsWith("status 429: slow down");
      long begin = System.nanoTime();
      assertThat(follow.next()).isEqualTo("[10.0.0.3:80]");
      assertThat(System.nanoTime() - begin).isGreaterThan(500_000_000);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "403,Permission denied: token s3cret lacks 'service:read',Permission denied: token ***",
    "403,ACL not found,ACL not found",
    "500,No cluster leader,No cluster leader",
    "500,No path to datacenter,No path to datacenter",
    "400,<html>nonsense,status 400",
  })
  void aRefusalIsSaidWithoutTheToken(int status, String body, String words) throws Exception {
    consul.enqueue(new MockResponse.Builder().code(status).body(body).build());
    try (Follow follow = follow("token=s3cret")) {
      assertThat(follow.next()).contains(words).doesNotContain("s3cret", "html");
    }
  }

  @ParameterizedTest
  @CsvSource({"{},no list of servers", "null,no list of servers", "'[{',not JSON", "'',not JSON"})
  void whatIsNoListIsRefused(String body, String words) throws Exception {
    assertThat(listOf(body)).startsWith("failed: localhost:").contains(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[{}]", "[7]", "[{\"Service\":[]}]"})
  void anInstanceWithoutAnAddressIsForTheMeshToDrop(String body) throws Exception {
    assertThat(listOf(body)).isEqualTo("[:]");
  }

  @ParameterizedTest
  @CsvSource({
    "passing,[10.0.0.1:80 weight=9]",
    "warning,'[10.0.0.1:80 weight=9, 10.0.0.2:80 weight=2]'"
  })
  void onlyHealthyOnesAreListedAndThoseWithWarningsIfTheyMayBe(String health, String expected)
      throws Exception {
    String weights = ",\"Weights\":{\"Passing\":9,\"Warning\":2}";
    String body =
        "["
            + String.join(
                ",",
                instance("10.0.0.1", "passing", weights),
                instance("10.0.0.2", "warning", weights),
                instance("10.0.0.3", "critical", weights),
                instance("10.0.0.4", "unheard-of", weights),
                instance("10.0.0.5", "warning", ",\"Weights\":{\"Passing\":9,\"Warning\":0}"))
            + "]";

    assertThat(listOf(body, "health=" + health)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"_node_maintenance", "_service_maintenance:inventory-1"})
  void maintenanceIsADrain(String check) throws Exception {
    String body =
        """
        [{"Service":{"Address":"10.0.0.3","Port":80},
          "Checks":[{"CheckID":"c","Status":"critical"},{"CheckID":"%s","Status":"critical"}]}]
        """
            .formatted(check);

    assertThat(listOf(body)).isEqualTo("[10.0.0.3:80 drain]");
  }

  @Test
  void zoneAndRegionComeFromTagsThenMetadataThenLocality() throws Exception {
    String body =
        """
        [{"Service":{"Address":"10.0.0.1","Port":80,"Tags":["x","az:a"],"Meta":{"zone":"b"}}},
         {"Service":{"Address":"10.0.0.2","Port":80,"Tags":null,"Meta":{"zone":"b","region":"r",
           "backup":"true","max_conns":"7"}}},
         {"Service":{"Address":"10.0.0.3","Port":80,"Locality":{"Zone":"c","Region":"s"}}},
         {"Node":{"Locality":{"Zone":"d"},"Meta":{"region":"t"}},
          "Service":{"Address":"10.0.0.4","Port":80}}]
        """;

    assertThat(listOf(body, "zone-tag=az:"))
        .isEqualTo(
            "[10.0.0.1:80 zone=a, 10.0.0.2:80 zone=b region=r max_conns=7 backup,"
                + " 10.0.0.3:80 zone=c region=s, 10.0.0.4:80 zone=d region=t]");
  }

  @Test
  void oddAnswersAreReadOrRefusedAndNeverMore() throws IOException {
    Instances instances =
        Instances.of(Follow.settings(new ConsulSourceFactory(), Map.of("health", "warning")));

    int well =
        Mutations.read(
            RECORDED,
            20_000,
            json -> {
              for (Json instance : json.elements()) {
                Object unused = instances.entry(instance);
              }
            });

    assertThat(well).isGreaterThan(1000);
  }

  @Test
  void anAddressOfTheServiceComesBeforeThatOfItsNodeAndMayBeOfAnyKind() throws Exception {
    String body =
        "["
            + String.join(
                ",",
                instance("", "passing", ""),
                instance("fd00::1", "passing", ""),
                instance("a.example.no", "passing", ""))
            + "]";

    assertThat(listOf(body)).isEqualTo("[10.0.0.9:80, [fd00::1]:80, a.example.no:80]");
  }
}
