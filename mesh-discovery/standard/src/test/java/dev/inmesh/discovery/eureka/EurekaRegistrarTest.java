package dev.inmesh.discovery.eureka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.discovery.http.Follow;
import dev.inmesh.discovery.json.Json;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a registrar asks of a Eureka, and what it makes of odd answers. */
@Timeout(60)
final class EurekaRegistrarTest {

  private static final ServerEntry ENTRY =
      ServerEntry.line("10.0.0.3:5000 weight=5 zone=a region=north backup");
  private static final String INSTANCE = "/eureka/apps/INVENTORY/10.0.0.3:5000";

  private final MockWebServer first = new MockWebServer();
  private final MockWebServer second = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    first.start();
    second.start();
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private Registrar registrar(String... pairs) {
    Map<String, Object> values = new HashMap<>();
    values.put("address", List.of("localhost:" + first.getPort(), "localhost:" + second.getPort()));
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      values.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    EurekaSourceFactory factory = new EurekaSourceFactory();
    return factory.registrar(Follow.settings(factory, values)).orElseThrow();
  }

  private void answers(int... statuses) {
    for (int status : statuses) {
      first.enqueue(new MockResponse.Builder().code(status).build());
    }
  }

  private void is(String status) {
    first.enqueue(
        new MockResponse.Builder().body("{\"instance\":{\"status\":\"" + status + "\"}}").build());
  }

  private RecordedRequest request() throws InterruptedException {
    return first.takeRequest();
  }

  private String asked() throws InterruptedException {
    RecordedRequest request = request();
    return request.getMethod() + " " + request.getTarget();
  }

  private void registered(Registrar registrar) throws Exception {
    answers(204, 200);
    is("UP");
    registrar.register("inventory", ENTRY);
    for (int i = 0; i < 3; i++) {
      Object unused = request();
    }
  }

  @Test
  void anInstanceHasAllThatASourceReads() throws Exception {
    answers(204, 200);
    is("UP");
    try (Registrar registrar = registrar("username=me", "password=s3cret")) {
      registrar.register("inventory", ENTRY);
    }

    RecordedRequest post = request();
    assertThat(post.getMethod() + " " + post.getTarget()).isEqualTo("POST /eureka/apps/INVENTORY");
    assertThat(post.getHeaders().get("Authorization")).startsWith("Basic ");
    Json instance =
        Json.parse(Objects.requireNonNull(post.getBody()).toByteArray()).get("instance");
    assertThat(Instance.of(instance, new Instance.Form(false, false)))
        .isEqualTo(
            new Instance(
                "10.0.0.3:5000",
                "UP",
                ServerEntry.line("10.0.0.3:5000 zone=a region=north weight=5 backup")));
    assertThat(instance.get("leaseInfo").get("durationInSecs").text()).isEqualTo("30");
    assertThat(instance.get("leaseInfo").get("renewalIntervalInSecs").text()).isEqualTo("6");
  }

  @Test
  void aServerOfClientsThatLookForTheSecurePortHasThatOne() throws Exception {
    answers(204, 200);
    is("UP");
    try (Registrar registrar = registrar("port=secure")) {
      registrar.register("inventory", ServerEntry.line("[fd00::1]:443"));
    }

    Json instance =
        Json.parse(Objects.requireNonNull(request().getBody()).toByteArray()).get("instance");
    assertThat(Instance.of(instance, new Instance.Form(false, true)).entry().address())
        .isEqualTo("[fd00::1]:443");
    assertThat(Instance.of(instance, new Instance.Form(false, false)).entry().address())
        .isEqualTo("[fd00::1]:0");
  }

  @Test
  void whatAFormerProcessLeftDrainedServesAgain() throws Exception {
    answers(204, 200);
    is("OUT_OF_SERVICE");
    answers(200);
    try (Registrar registrar = registrar()) {
      registrar.register("inventory", ENTRY);
    }

    assertThat(asked()).isEqualTo("POST /eureka/apps/INVENTORY");
    assertThat(asked()).isEqualTo("DELETE " + INSTANCE + "/status?value=UP");
    assertThat(asked()).isEqualTo("GET " + INSTANCE);
    assertThat(asked()).isEqualTo("PUT " + INSTANCE + "/status?value=UP");
  }

  @Test
  void aHeartbeatIsAllThatARenewalCostsAndTheStatusIsAnOperatorsToChange() throws Exception {
    try (Registrar registrar = registrar()) {
      registered(registrar);
      answers(200, 204);
      registrar.register("inventory", ENTRY); // Once more what has just changed.
      answers(200);
      registrar.register("inventory", ENTRY);

      assertThat(asked()).isEqualTo("PUT " + INSTANCE);
      assertThat(asked()).isEqualTo("POST /eureka/apps/INVENTORY");
      assertThat(asked()).isEqualTo("PUT " + INSTANCE);
      assertThat(first.getRequestCount()).isEqualTo(6);
      assertThat(registrar.renewal()).isEqualTo(Duration.ofSeconds(6));
    }
  }

  @Test
  void aHeartbeatOfOneThatIsNotKnownRegistersAnew() throws Exception {
    try (Registrar registrar = registrar()) {
      registered(registrar);
      answers(404, 204, 200);
      is("UP");
      registrar.register("inventory", ENTRY);

      assertThat(asked()).isEqualTo("PUT " + INSTANCE);
      assertThat(asked()).isEqualTo("POST /eureka/apps/INVENTORY");
    }
  }

  @Test
  void aDrainIsAnOverrideAndIsKeptWhenTheInstanceWasLost() throws Exception {
    try (Registrar registrar = registrar()) {
      registered(registrar);
      answers(200, 200, 404, 204, 200);
      registrar.register("inventory", ENTRY.with("drain"));
      registrar.register("inventory", ENTRY.with("drain"));

      assertThat(asked()).isEqualTo("PUT " + INSTANCE);
      assertThat(asked()).isEqualTo("PUT " + INSTANCE + "/status?value=OUT_OF_SERVICE");
      assertThat(asked()).isEqualTo("PUT " + INSTANCE);
      RecordedRequest post = request();
      assertThat(Objects.requireNonNull(post.getBody()).utf8())
          .contains("\"status\":\"OUT_OF_SERVICE\"");
      assertThat(asked()).isEqualTo("PUT " + INSTANCE + "/status?value=OUT_OF_SERVICE");
    }
  }

  @Test
  void aDrainIsSaidOnceMoreForAnAnswerOfThatMomentMayStayInEurekasCache() throws Exception {
    try (Registrar registrar = registrar()) {
      registered(registrar);
      answers(200, 200, 200, 204, 200);
      for (int i = 0; i < 3; i++) {
        registrar.register("inventory", ENTRY.with("drain"));
      }

      assertThat(asked()).isEqualTo("PUT " + INSTANCE);
      assertThat(asked()).isEqualTo("PUT " + INSTANCE + "/status?value=OUT_OF_SERVICE");
      assertThat(asked()).isEqualTo("PUT " + INSTANCE);
      RecordedRequest post = request();
      assertThat(Objects.requireNonNull(post.getBody()).utf8())
          .contains("\"status\":\"OUT_OF_SERVICE\"");
      assertThat(asked()).isEqualTo("PUT " + INSTANCE);
    }
  }

  @Test
  void oneThatIsLostWhileItIsDrainedIsAFailureAndRegisteredAnewNextTime() throws Exception {
    try (Registrar registrar = registrar()) {
      registered(registrar);
      answers(200, 404);
      assertThatThrownBy(() -> registrar.register("inventory", ENTRY.with("drain")))
          .hasMessage("Eureka has lost 10.0.0.3:5000");

      answers(204, 200);
      registrar.register("inventory", ENTRY.with("drain"));

      Object unused = request();
      unused = request();
      assertThat(asked()).isEqualTo("POST /eureka/apps/INVENTORY");
    }
  }

  @Test
  void oneThatIsNotThereIsDeregisteredAllTheSame() throws Exception {
    answers(404);
    try (Registrar registrar = registrar()) {
      registrar.deregister("inventory", ENTRY);

      assertThat(asked()).isEqualTo("DELETE " + INSTANCE);
      assertThat(registrar.canDrain()).isTrue();
    }
  }

  @Test
  void anotherServerOfTheClusterIsToldWhenOneIsAway() throws Exception {
    answers(503);
    second.enqueue(new MockResponse.Builder().code(200).build());
    try (Registrar registrar = registrar()) {
      registrar.deregister("inventory", ENTRY);
    }
    assertThat(second.takeRequest().getMethod()).isEqualTo("DELETE");
  }

  @Test
  void aRefusalIsSaidWithoutThePassword() {
    first.enqueue(new MockResponse.Builder().code(401).body("not bWU6czNjcmV0").build());
    try (Registrar registrar = registrar("username=me", "password=s3cret")) {
      assertThatThrownBy(() -> registrar.register("inventory", ENTRY))
          .hasMessageEndingWith("status 401: not ***");
    }
  }
}
