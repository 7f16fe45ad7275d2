package dev.inmesh.discovery.eureka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.discovery.eureka.RegistryCopy.State;
import dev.inmesh.discovery.http.Credentials;
import dev.inmesh.discovery.http.Follow;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.discovery.json.JsonText;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a copy is kept, against answers that a Eureka gives seldom. */
@Timeout(60)
final class RegistryCopyTest {

  private static final MockResponse FORBIDDEN = new MockResponse.Builder().code(403).build();

  private final MockWebServer server = new MockWebServer();
  private final Queue<String> questions = new ConcurrentLinkedQueue<>();
  private volatile MockResponse all = said("");
  private volatile MockResponse delta = said("");
  private final RegistryHttp http;

  /** By how much it is later than it is, in nanoseconds. */
  private final AtomicLong later = new AtomicLong();

  RegistryCopyTest() throws IOException {
    server.start();
    http = client();
  }

  private static MockResponse said(String hash, Object... instances) {
    byte[] body =
        JsonText.of(
            Map.of(
                "applications",
                Map.of(
                    "apps__hashcode",
                    hash,
                    "application",
                    List.of(Map.of("name", "INVENTORY", "instance", List.of(instances))))));
    return text(new String(body, StandardCharsets.UTF_8));
  }

  private static MockResponse text(String body) {
    return new MockResponse.Builder().body(body).build();
  }

  private static Map<String, Object> instance(int n, String action) {
    Map<String, Object> instance =
        Registrations.instance("INVENTORY", "i" + n, ServerEntry.of("10.0.0." + n, 80));
    instance.put("actionType", action);
    return instance;
  }

  private RegistryHttp client() {
    return new RegistryHttp(
        new RegistryHttp.Place(
            "test",
            List.of("localhost:" + server.getPort()),
            false,
            "",
            Duration.ofSeconds(5),
            Duration.ofSeconds(5)),
        Credentials.header("Authorization", "Basic hush"));
  }

  @BeforeEach
  void answer() {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            String path = request.getUrl().encodedPath();
            questions.add(path);
            return path.endsWith("/delta") ? delta : all;
          }
        });
  }

  @AfterEach
  void close() {
    http.close();
    server.close();
  }

  private RegistryCopy copy(Duration poll) {
    return new RegistryCopy(
        http,
        List.of("eureka", "v2"),
        new Instance.Form(false, false),
        poll,
        () -> System.nanoTime() + later.get());
  }

  private RegistryCopy copy() {
    return copy(Duration.ofMillis(1));
  }

  private static List<String> servers(State state) {
    return state.servers("INVENTORY").stream().map(ServerEntry::address).sorted().toList();
  }

  @Test
  void allIsAskedForOnceAndThenOnlyChanges() throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_2_", instance(1, "ADDED"), instance(2, "ADDED"));

    State first = copy.after(-1, false);
    delta = said("UP_2_", instance(2, "DELETED"), instance(3, "ADDED"));
    State second = copy.after(first.number(), false);

    assertThat(servers(first)).containsExactly("10.0.0.1:80", "10.0.0.2:80");
    assertThat(servers(second)).containsExactly("10.0.0.1:80", "10.0.0.3:80");
    assertThat(questions).containsExactly("/eureka/v2/apps", "/eureka/v2/apps/delta");
    assertThat(server.takeRequest().getHeaders().get("Authorization")).isEqualTo("Basic hush");
  }

  @Test
  void changesThatDoNotAddUpAreFollowedByTheWhole() throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_1_", instance(1, "ADDED"));
    State first = copy.after(-1, false);

    all = said("UP_3_", instance(1, "ADDED"), instance(2, "ADDED"), instance(3, "ADDED"));
    delta = said("UP_3_", instance(3, "ADDED"));
    State second = copy.after(first.number(), false);

    assertThat(servers(second)).containsExactly("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
  }

  @Test
  void aServerThatTellsNoChangesIsAskedForTheWhole() throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_1_", instance(1, "ADDED"));
    State first = copy.after(-1, false);

    delta = FORBIDDEN;
    all = said("UP_2_", instance(1, "ADDED"), instance(2, "ADDED"));

    assertThat(servers(copy.after(first.number(), false)))
        .containsExactly("10.0.0.1:80", "10.0.0.2:80");
  }

  private static List<MockResponse> noChanges() {
    return List.of(
        FORBIDDEN,
        new MockResponse.Builder().code(404).build(),
        new MockResponse.Builder().code(500).build(),
        text("<html>"),
        text("{}"));
  }

  @ParameterizedTest
  @MethodSource("noChanges")
  void aServerThatCanNotTellChangesIsNoOutage(MockResponse answer) throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_1_", instance(1, "ADDED"));
    State first = copy.after(-1, false);

    delta = answer;
    all = said("UP_1_", instance(2, "ADDED"));

    assertThat(servers(copy.after(first.number(), false))).contains("10.0.0.2:80");
  }

  @Test
  void aServerThatWantsToBeLeftAloneIs() throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_1_", instance(1, "ADDED"));
    State first = copy.after(-1, false);

    delta = new MockResponse.Builder().code(429).build();

    assertThatThrownBy(() -> copy.after(first.number(), false)).hasMessageContaining("429");
    assertThat(questions).containsExactly("/eureka/v2/apps", "/eureka/v2/apps/delta");
  }

  @Test
  void afterAFailureAllIsAskedForThoughTheCountsAgree() throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_3_", instance(1, "ADDED"), instance(2, "ADDED"), instance(3, "ADDED"));
    State first = copy.after(-1, false);
    all = new MockResponse.Builder().code(503).build();
    delta = all;
    assertThatThrownBy(() -> copy.after(first.number(), false)).hasMessageContaining("503");
    questions.clear();

    all = said("UP_3_", instance(1, "ADDED"), instance(2, "ADDED"), instance(4, "ADDED"));
    delta = said("UP_3_");
    State second = copy.after(first.number(), false);

    assertThat(servers(second)).containsExactly("10.0.0.1:80", "10.0.0.2:80", "10.0.0.4:80");
    assertThat(questions).containsExactly("/eureka/v2/apps");
  }

  @Test
  void afterAGapAllIsAskedForThoughTheCountsAgree() throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_3_", instance(1, "ADDED"), instance(2, "ADDED"), instance(3, "ADDED"));
    State first = copy.after(-1, false);

    later.addAndGet(TimeUnit.SECONDS.toNanos(61));
    all = said("UP_3_", instance(1, "ADDED"), instance(2, "ADDED"), instance(4, "ADDED"));
    delta = said("UP_3_");

    assertThat(servers(copy.after(first.number(), false)))
        .containsExactly("10.0.0.1:80", "10.0.0.2:80", "10.0.0.4:80");
  }

  @Test
  void onceInAWhileAllIsAskedForAnyway() throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_1_", instance(1, "ADDED"));
    delta = said("UP_1_");
    State state = copy.after(-1, false);
    for (int i = 0; i < 9; i++) {
      later.addAndGet(TimeUnit.SECONDS.toNanos(50));
      state = copy.after(state.number(), false);
    }

    // After 300 s and the moment that the questions take: the seventh is for all.
    assertThat(questions).filteredOn(path -> path.endsWith("/apps")).hasSize(2);
    assertThat(questions).filteredOn(path -> path.endsWith("/delta")).hasSize(8);
  }

  @Test
  void anAnswerThatIsDoubtedIsAskedForAgainSoon() throws Exception {
    try (Follow follow =
        Follow.of(
            new EurekaSourceFactory(),
            "inventory",
            Map.of(
                "address",
                List.of("localhost:" + server.getPort()),
                "poll",
                Duration.ofMinutes(10)))) {
      assertThat(follow.next()).isEqualTo("[]");
      assertThat(follow.next()).isEqualTo("[]");

      all = said("UP_1_", instance(1, "ADDED"));
      delta = said("UP_1_", instance(1, "ADDED"));
      follow.await("[10.0.0.1:80]");
    }
  }

  @Test
  void aServerThatStartsIsAway() {
    all = FORBIDDEN;

    assertThatThrownBy(() -> copy().after(-1, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("403");
  }

  @Test
  void anAnswerThatIsNotOfEurekaIsNoEmptyRegistry() {
    all = text("{}");

    assertThatThrownBy(() -> copy().after(-1, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not an answer of Eureka");
  }

  @Test
  void whatARestartedEurekaForgetsStaysUntilItIsRegisteredAnewOrGone() throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_3_", instance(1, "ADDED"), instance(2, "ADDED"), instance(3, "ADDED"));
    State before = copy.after(-1, false);

    all = said("");
    State restarted = copy.after(before.number(), false);
    assertThat(servers(restarted)).isEqualTo(servers(before));

    delta = said("UP_1_", instance(1, "ADDED"), instance(2, "DELETED"));
    State later = copy.after(restarted.number(), false);
    assertThat(servers(later)).containsExactly("10.0.0.1:80", "10.0.0.3:80");
  }

  @Test
  void fewThatAreGoneWithoutAWordAreGone() throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_3_", instance(1, "ADDED"), instance(2, "ADDED"), instance(3, "ADDED"));
    State before = copy.after(-1, false);

    all = said("UP_2_", instance(1, "ADDED"), instance(2, "ADDED"));
    delta = said("UP_2_");

    assertThat(servers(copy.after(before.number(), false)))
        .containsExactly("10.0.0.1:80", "10.0.0.2:80");
  }

  @Test
  void instancesOfOldServersAreNoArrays() throws Exception {
    all =
        text(
            "{\"applications\":{\"apps__hashcode\":\"UP_1_\",\"application\":{\"name\":\"Inventory\","
                + "\"instance\":{\"hostName\":\"a\",\"ipAddr\":\"10.0.0.1\",\"status\":\"UP\","
                + "\"port\":{\"$\":\"80\",\"@enabled\":true},\"metadata\":{},\"dataCenterInfo\":"
                + "{\"name\":\"Amazon\",\"metadata\":{\"availability-zone\":\"eu-north-1a\"}}}}}}");

    assertThat(copy().after(-1, false).servers("INVENTORY"))
        .containsExactly(ServerEntry.of("10.0.0.1", 80).with("zone", "eu-north-1a"));
  }

  @Test
  void whoJoinsWhileOthersWaitForTheNextAnswerIsToldTheLastOne() throws Exception {
    RegistryCopy copy = copy(Duration.ofHours(1));
    all = said("UP_1_", instance(1, "ADDED"));
    State first = copy.after(-1, false);
    Thread waiting =
        new Thread(
            () -> {
              try {
                State unused = copy.after(first.number(), false);
              } catch (IOException | InterruptedException end) {
                // asked to
              }
            });
    waiting.start();
    while (waiting.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }

    assertThat(servers(copy.after(-1, false))).containsExactly("10.0.0.1:80");

    waiting.interrupt();
    waiting.join();
  }

  @Test
  void anOutageIsForgottenWithTheNextAnswer() throws Exception {
    RegistryCopy copy = copy();
    all = said("UP_1_", instance(1, "ADDED"));
    State first = copy.after(-1, false);

    all = new MockResponse.Builder().code(503).build();
    delta = all;
    assertThatThrownBy(() -> copy.after(first.number(), false)).hasMessageContaining("503");
    assertThatThrownBy(() -> copy.after(-1, false)).hasMessageContaining("503");

    all = said("UP_2_", instance(1, "ADDED"), instance(2, "ADDED"));
    assertThat(servers(copy.after(-1, false))).containsExactly("10.0.0.1:80", "10.0.0.2:80");
  }

  @Test
  void aHundredFollowersAreOneQuestion() throws Exception {
    RegistryCopy copy = copy(Duration.ofHours(1));
    all = said("UP_1_", instance(1, "ADDED"));
    List<Thread> followers = new ArrayList<>();
    CountDownLatch heard = new CountDownLatch(100);
    for (int i = 0; i < 100; i++) {
      Thread follower =
          new Thread(
              () -> {
                try {
                  State state = copy.after(-1, false);
                  heard.countDown();
                  State unused = copy.after(state.number(), false);
                } catch (IOException | InterruptedException end) {
                  // asked to
                }
              });
      followers.add(follower);
      follower.start();
    }

    heard.await();

    assertThat(questions).containsExactly("/eureka/v2/apps");
    for (Thread follower : followers) {
      follower.interrupt();
      follower.join();
    }
  }
}
