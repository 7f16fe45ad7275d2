package dev.inmesh.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.discovery.http.Follow;
import dev.inmesh.discovery.http.Mutations;
import dev.inmesh.discovery.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers as etcd's gateway gives them, and odd ones. */
@Timeout(60)
final class EtcdSourceTest {

  private final MockWebServer etcd = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    etcd.start();
  }

  @AfterEach
  void close() {
    etcd.close();
  }

  private Follow follow(String... pairs) {
    Map<String, Object> values = new HashMap<>();
    values.put("address", List.of("localhost:" + etcd.getPort()));
    values.put("confirm", Duration.ofSeconds(1));
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      values.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return Follow.of(new EtcdSourceFactory(), "inventory", values);
  }

  private void answers(String body) {
    etcd.enqueue(new MockResponse.Builder().body(body).build());
  }

  private void refuses(int status, String message) {
    etcd.enqueue(
        new MockResponse.Builder()
            .code(status)
            .body("{\"error\":\"x\",\"message\":\"" + message + "\"}")
            .build());
  }

  private static String kv(String key, String value, int revision) {
    return "{\"key\":\"%s\",\"value\":\"%s\",\"mod_revision\":\"%d\"}"
        .formatted(Etcd.base64("/inmesh/inventory/" + key), Etcd.base64(value), revision);
  }

  private static String range(int revision, String... kvs) {
    return "{\"header\":{\"revision\":\"%d\"},\"kvs\":[%s],\"count\":\"%d\"}"
        .formatted(revision, String.join(",", kvs), kvs.length);
  }

  private static String confirmed(int revision, int count, int latest) {
    return "{\"header\":{\"revision\":\"%d\"},\"kvs\":[{\"mod_revision\":\"%d\"}],\"count\":\"%d\"}"
        .formatted(revision, latest, count);
  }

  private static String put(String kv) {
    return "{\"kv\":" + kv + "}";
  }

  private static String delete(String key, int revision) {
    return "{\"type\":\"DELETE\",\"kv\":{\"key\":\"%s\",\"mod_revision\":\"%d\"}}"
        .formatted(Etcd.base64("/inmesh/inventory/" + key), revision);
  }

  private static String created() {
    return "{\"result\":{\"header\":{\"revision\":\"99\"},\"created\":true}}\n";
  }

  private static String events(String... events) {
    return "{\"result\":{\"header\":{\"revision\":\"99\"},\"events\":[%s]}}\n"
        .formatted(Arrays.stream(events).collect(Collectors.joining(",")));
  }

  private RecordedRequest asked() throws InterruptedException {
    return etcd.takeRequest();
  }

  private Json body() throws Exception {
    return Json.parse(Objects.requireNonNull(asked().getBody()).toByteArray());
  }

  @Test
  void valuesAreLinesOrJson() throws Exception {
    answers(
        range(
            7,
            kv("", "", 1),
            kv("a", "10.0.0.1:80 weight=5\n", 2),
            kv("b", "{\"address\":\"10.0.0.2:80\",\"drain\":true,\"zone\":\"a\"}", 3),
            kv("c", "\"10.0.0.3:80 backup\"", 4)));
    try (Follow follow = follow()) {
      assertThat(follow.next())
          .isEqualTo("[10.0.0.1:80 weight=5, 10.0.0.2:80 drain zone=a, 10.0.0.3:80 backup]");
    }
    Json asked = body();
    assertThat(asked.get("key").text()).isEqualTo(Etcd.base64("/inmesh/inventory/"));
    assertThat(asked.get("range_end").text()).isEqualTo(Etcd.base64("/inmesh/inventory0"));
  }

  @Test
  void oddAnswersAreReadOrRefusedAndNeverMore() throws IOException {
    String text =
        range(
                7,
                kv("a", "10.0.0.1:80 weight=5", 2),
                kv("b", "{\"address\":\"10.0.0.2:80\",\"drain\":true}", 3))
            .replaceFirst("}$", ",\"events\":[" + put(kv("c", "10.0.0.3:80", 4)) + "]}");
    KeyRange range = KeyRange.of("/inmesh/inventory/");

    int well =
        Mutations.read(
            text,
            20_000,
            json -> {
              Servers servers = new Servers(range, json);
              servers.apply(json.get("events"));
              Object unused = servers.entries();
            });

    assertThat(well).isGreaterThan(1000);
  }

  @Test
  void aPrefixOfOnesOwnMayEndWithASlash() throws Exception {
    answers(range(7));
    try (Follow follow = follow("prefix=services/")) {
      String unused = follow.next();
    }
    assertThat(body().get("key").text()).isEqualTo(Etcd.base64("services/inventory/"));
  }

  @Test
  void whatCannotBeReadIsForTheMeshToDrop() throws Exception {
    answers(
        range(
            7,
            kv("a", "{\"address\":", 1),
            "{\"key\":\"YQ==\",\"value\":\"%%\",\"mod_revision\":\"1\"}",
            kv("c", "10.0.0.3:80", 2)));
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[{\"address\":, %%, 10.0.0.3:80]");
    }
  }

  @Test
  void eventsChangeTheListAndTheNextWatchGoesOnBehindThem() throws Exception {
    answers(range(7, kv("a", "10.0.0.1:80", 3)));
    answers(
        created()
            + events(put(kv("b", "10.0.0.2:80", 8)), delete("a", 9))
            + events(put(kv("c", "10.0.0.3:80", 11))));
    answers(confirmed(99, 2, 11));
    answers(created());
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:80]");
      follow.await("[10.0.0.2:80, 10.0.0.3:80]");
      assertThat(follow.next()).isEqualTo("unchanged");
      Json unused = body();
      Json create = body().get("create_request");
      assertThat(create.get("start_revision").text()).isEqualTo("8");
      assertThat(create.get("progress_notify").text()).isEqualTo("true");
      Json confirm = body();
      assertThat(confirm.get("limit").text()).isEqualTo("1");
      assertThat(confirm.get("sort_target").text()).isEqualTo("MOD");
      assertThat(body().get("create_request").get("start_revision").text()).isEqualTo("12");
    }
  }

  @Test
  void progressTellsHowFarAWatchIs() throws Exception {
    answers(range(7, kv("a", "10.0.0.1:80", 3)));
    answers(created() + "{\"result\":{\"header\":{\"revision\":\"50\"}}}");
    answers(confirmed(99, 1, 3));
    answers(created());
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:80]");
      assertThat(follow.next()).isEqualTo("unchanged");
      Json unused = body();
      unused = body();
      unused = body();
      assertThat(body().get("create_request").get("start_revision").text()).isEqualTo("51");
    }
  }

  @Test
  void afterACompactionAllIsListedAnew() throws Exception {
    answers(range(7, kv("a", "10.0.0.1:80", 3)));
    answers(
        created() + "{\"result\":{\"header\":{},\"canceled\":true,\"compact_revision\":\"60\"}}\n");
    answers(range(70, kv("b", "10.0.0.2:80", 61)));
    answers(created());
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:80]");
      assertThat(follow.next()).isEqualTo("[10.0.0.2:80]");
      Json unused = body();
      unused = body();
      unused = body();
      assertThat(body().get("create_request").get("start_revision").text()).isEqualTo("71");
    }
  }

  @Test
  void whenThereAreOtherKeysThanKnownAllIsListedAnew() throws Exception {
    answers(range(7, kv("a", "10.0.0.1:80", 3)));
    answers(created());
    answers(confirmed(99, 2, 61));
    answers(range(99, kv("a", "10.0.0.1:80", 3), kv("b", "10.0.0.2:80", 61)));
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:80]");
      assertThat(follow.next()).isEqualTo("[10.0.0.1:80, 10.0.0.2:80]");
    }
  }

  private static List<String> othersOfTheSameNumber() {
    return List.of(
        confirmed(6, 1, 3),
        confirmed(99, 1, 4),
        confirmed(99, 1, 3).replace("9\"}", "9\",\"cluster_id\":\"2\"}"));
  }

  @ParameterizedTest
  @MethodSource("othersOfTheSameNumber")
  void whenEtcdWasSetBackAllIsListedAnewThoughThereAreAsManyKeys(String confirmed)
      throws Exception {
    answers(range(7, kv("a", "10.0.0.1:80", 3)));
    answers(created());
    answers(confirmed);
    answers(range(6, kv("b", "10.0.0.2:80", 3)));
    answers(created());
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:80]");
      assertThat(follow.next()).isEqualTo("[10.0.0.2:80]");
      for (int i = 0; i < 4; i++) {
        Object unused = asked();
      }
      assertThat(body().get("create_request").get("start_revision").text()).isEqualTo("7");
    }
  }

  @Test
  void whenTheLastServerIsGoneItIsAskedForAgain() throws Exception {
    answers(range(7, kv("a", "10.0.0.1:80", 3)));
    answers(created() + events(delete("a", 8)));
    answers(range(8));
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:80]");
      assertThat(follow.next()).isEqualTo("[]");
      assertThat(follow.next()).isEqualTo("[]");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"message\":\"etcdserver: no leader\"}}",
        "{\"result\":{\"canceled\":true,\"cancel_reason\":\"etcdserver: no leader\"}}",
      })
  void aWatchThatFailsSaysWhy(String message) throws Exception {
    answers(range(7, kv("a", "10.0.0.1:80", 3)));
    answers(created() + message);
    try (Follow follow = follow()) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:80]");
      assertThat(follow.next()).startsWith("failed: localhost:").contains("no leader");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{}", "{\"header\":{\"revision\":\"x\"}}"})
  void whatHasNoRevisionIsNotEtcd(String body) throws Exception {
    answers(body);
    try (Follow follow = follow()) {
      assertThat(follow.next()).endsWith("it says no revision; is it etcd?");
    }
  }

  @Test
  void aTokenOfTheUserIsSentAndReplacedWhenItIsNoLongerTaken() throws Exception {
    answers("{\"token\":\"t1\"}");
    answers(range(7, kv("a", "10.0.0.1:80", 3)));
    refuses(401, "etcdserver: invalid auth token");
    answers("{\"token\":\"t2\"}");
    answers(created());
    refuses(400, "etcdserver: revision of auth store is old");
    answers("{\"token\":\"t3\"}");
    answers(confirmed(7, 1, 3));
    try (Follow follow = follow("user=mesh", "password=s3cret")) {
      assertThat(follow.next()).isEqualTo("[10.0.0.1:80]");
      assertThat(follow.next()).isEqualTo("unchanged");
    }
    Json login = body();
    assertThat(login.get("name").text()).isEqualTo("mesh");
    assertThat(login.get("password").text()).isEqualTo("s3cret");
    for (String token : new String[] {"t1", "t1", "", "t2", "t2", "", "t3"}) {
      assertThat(Objects.requireNonNullElse(asked().getHeaders().get("Authorization"), ""))
          .isEqualTo(token);
    }
  }

  @Test
  void aWrongPasswordIsSaidWithoutIt() throws Exception {
    refuses(400, "etcdserver: authentication failed, invalid user ID or password");
    try (Follow follow = follow("user=mesh", "password=s3cret")) {
      assertThat(follow.next()).endsWith("invalid user ID or password").doesNotContain("s3cret");
    }
  }

  @Test
  void aRealEtcdTakesTheUserAndLosesNothingToACompaction(@TempDir Path folder) throws Exception {
    try (Etcd real = new Etcd(folder)) {
      Map<String, String> server =
          Map.of("key", Etcd.base64("/inmesh/inventory/a"), "value", Etcd.base64("10.0.0.1:80"));
      String unused = real.call(server, "v3/kv/put");
      String revision = real.call(server, "v3/kv/put");
      unused = real.call(Map.of("revision", revision), "v3/kv/compaction");
      unused = real.call(Map.of("name", "root", "password", "s3cret"), "v3/auth/user/add");
      unused = real.call(Map.of("name", "root"), "v3/auth/role/add");
      unused = real.call(Map.of("user", "root", "role", "root"), "v3/auth/user/grant");
      unused = real.call(Map.of(), "v3/auth/enable");

      Map<String, Object> values = Map.of("address", real.address(), "user", "root");
      Map<String, Object> right = new HashMap<>(values);
      right.put("password", "s3cret");
      right.put("confirm", Duration.ofSeconds(1));
      try (Follow follow = Follow.of(new EtcdSourceFactory(), "inventory", right)) {
        assertThat(follow.next()).isEqualTo("[10.0.0.1:80]");
        assertThat(follow.next()).isEqualTo("unchanged");
      }
      Map<String, Object> wrong = new HashMap<>(values);
      wrong.put("password", "other");
      try (Follow follow = Follow.of(new EtcdSourceFactory(), "inventory", wrong)) {
        assertThat(follow.next()).contains("invalid user ID or password");
      }
      try (Follow follow =
          Follow.of(new EtcdSourceFactory(), "inventory", Map.of("address", real.address()))) {
        assertThat(follow.next()).startsWith("failed: ");
      }
    }
  }
}
