package dev.inmesh.discovery.consul;

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
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an agent is told. */
@Timeout(60)
final class ConsulRegistrarTest {

  private static final ServerEntry ENTRY =
      ServerEntry.line("10.0.0.3:5000 weight=5 zone=a region=eu backup max_conns=7");
  private static final String ID = "inventory-10.0.0.3:5000";

  private final MockWebServer agent = new MockWebServer();
  private final MockWebServer other = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    agent.start();
    other.start();
  }

  @AfterEach
  void close() {
    agent.close();
    other.close();
  }

  private Registrar registrar(String... pairs) {
    Map<String, Object> values = new HashMap<>();
    values.put("address", List.of("localhost:" + agent.getPort(), "localhost:" + other.getPort()));
    values.put("token", "s3cret");
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      values.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    ConsulSourceFactory factory = new ConsulSourceFactory();
    return factory.registrar(Follow.settings(factory, values)).orElseThrow();
  }

  private void answers(int... statuses) {
    for (int status : statuses) {
      agent.enqueue(new MockResponse.Builder().code(status).build());
    }
  }

  private RecordedRequest told() throws InterruptedException {
    return Objects.requireNonNull(agent.takeRequest(10, TimeUnit.SECONDS));
  }

  private String target() throws InterruptedException {
    RecordedRequest request = told();
    return request.getMethod() + " " + request.getTarget();
  }

  private static final String REGISTER =
      "PUT /v1/agent/service/register?replace-existing-checks=true";
  private static final String PASS = "PUT /v1/agent/check/pass/inmesh:" + ID;
  private static final String NOT_DRAINED =
      "PUT /v1/agent/service/maintenance/" + ID + "?enable=false";
  private static final String DRAINED =
      "PUT /v1/agent/service/maintenance/" + ID + "?enable=true&reason=draining";

  @Test
  void aServerIsRegisteredWithACheckAndTakenOutOfMaintenance() throws Exception {
    answers(200, 200);
    try (Registrar registrar = registrar("namespace=shop", "partition=north")) {
      registrar.register("inventory", ENTRY);

      assertThat(registrar.renewal()).isEqualTo(Duration.ofSeconds(2));
      assertThat(registrar.canDrain()).isTrue();
    }
    RecordedRequest request = told();
    assertThat(request.getMethod() + " " + request.getTarget())
        .isEqualTo(REGISTER + "&ns=shop&partition=north");
    assertThat(request.getHeaders().get("X-Consul-Token")).isEqualTo("s3cret");
    Json body = Json.parse(Objects.requireNonNull(request.getBody()).toByteArray());
    assertThat(body.get("ID").text()).isEqualTo(ID);
    assertThat(body.get("Name").text()).isEqualTo("inventory");
    assertThat(body.get("Address").text()).isEqualTo("10.0.0.3");
    assertThat(body.get("Port").text()).isEqualTo("5000");
    assertThat(body.get("Tags").elements())
        .extracting(Json::text)
        .containsExactly("zone=a", "region=eu");
    assertThat(body.get("Meta").fields().keySet()).containsExactlyInAnyOrder("backup", "max_conns");
    assertThat(body.get("Meta").get("backup").text()).isEqualTo("true");
    assertThat(body.get("Weights").get("Passing").text()).isEqualTo("5");
    assertThat(body.get("Weights").get("Warning").text()).isEqualTo("5");
    Json check = body.get("Check");
    assertThat(check.get("CheckID").text()).isEqualTo("inmesh:" + ID);
    assertThat(check.get("TTL").text()).isEqualTo("10000ms");
    assertThat(check.get("Status").text()).isEqualTo("passing");
    assertThat(check.get("DeregisterCriticalServiceAfter").text()).isEqualTo("1m");
    assertThat(target()).isEqualTo(NOT_DRAINED + "&ns=shop&partition=north");
  }

  @Test
  void aRenewalSaysThatAllIsWell() throws Exception {
    answers(200, 200, 200, 200);
    try (Registrar registrar = registrar()) {
      registrar.register("inventory", ENTRY);
      registrar.register("inventory", ENTRY);
      registrar.register("inventory", ENTRY);
    }
    assertThat(target()).isEqualTo(REGISTER);
    assertThat(target()).isEqualTo(NOT_DRAINED);
    assertThat(target()).isEqualTo(PASS);
    assertThat(target()).isEqualTo(PASS);
  }

  @ParameterizedTest
  @CsvSource({
    "404,Unknown check ID",
    "500,Unknown check \"inmesh:x\"",
    "500,CheckID \"x\" does not have associated TTL"
  })
  void whatTheAgentHasLostIsRegisteredAnew(int status, String body) throws Exception {
    answers(200, 200);
    agent.enqueue(new MockResponse.Builder().code(status).body(body).build());
    answers(200, 200);
    try (Registrar registrar = registrar()) {
      registrar.register("inventory", ENTRY);
      registrar.register("inventory", ENTRY);
    }
    for (String expected : List.of(REGISTER, NOT_DRAINED, PASS, REGISTER, NOT_DRAINED)) {
      assertThat(target()).isEqualTo(expected);
    }
  }

  @Test
  void aDrainIsMaintenanceAndNothingElse() throws Exception {
    answers(200, 200, 200, 200, 200);
    try (Registrar registrar = registrar()) {
      registrar.register("inventory", ENTRY);
      registrar.register("inventory", ENTRY.with("drain"));
      registrar.register("inventory", ENTRY.with("drain"));
    }
    for (String expected : List.of(REGISTER, NOT_DRAINED, PASS, DRAINED, PASS)) {
      assertThat(target()).isEqualTo(expected);
    }
  }

  @Test
  void whatIsRegisteredAnewWhileItIsDrainedIsNeverSeenAsWell() throws Exception {
    answers(200, 200);
    try (Registrar registrar = registrar()) {
      registrar.register("inventory", ENTRY.with("drain"));
    }
    Json body = Json.parse(Objects.requireNonNull(told().getBody()).toByteArray());
    assertThat(body.get("Check").get("Status").text()).isEqualTo("critical");
    assertThat(body.get("Meta").fields()).doesNotContainKey("drain");
    assertThat(target()).isEqualTo(DRAINED);
  }

  @Test
  void anAgentThatLosesItInBetweenIsAskedAgain() throws Exception {
    answers(200, 404, 200, 200);
    try (Registrar registrar = registrar()) {
      assertThatThrownBy(() -> registrar.register("inventory", ENTRY))
          .hasMessage("the agent has lost " + ID);

      registrar.register("inventory", ENTRY);
    }
    for (String expected : List.of(REGISTER, NOT_DRAINED, REGISTER, NOT_DRAINED)) {
      assertThat(target()).isEqualTo(expected);
    }
  }

  @Test
  void oneThatIsNotThereIsDeregistered() throws Exception {
    answers(404);
    try (Registrar registrar = registrar()) {
      registrar.deregister("inventory", ENTRY);
    }
    assertThat(target()).isEqualTo("PUT /v1/agent/service/deregister/" + ID);
  }

  @Test
  void aRefusalIsSaidWithoutTheTokenAndNotTriedAtAnotherAgent() throws Exception {
    agent.enqueue(
        new MockResponse.Builder().code(403).body("token s3cret lacks service:write").build());
    agent.enqueue(new MockResponse.Builder().code(500).body("no leader").build());
    try (Registrar registrar = registrar()) {
      assertThatThrownBy(() -> registrar.register("inventory", ENTRY))
          .hasMessageEndingWith("status 403: token *** lacks service:write");
      assertThatThrownBy(() -> registrar.deregister("inventory", ENTRY))
          .hasMessageEndingWith("status 500: no leader");
    }
    assertThat(other.getRequestCount()).isZero();
  }

  @Test
  void anAddressMayBeOfIpv6() throws Exception {
    answers(200, 200);
    try (Registrar registrar = registrar()) {
      registrar.register("inventory", ServerEntry.of("fd00::1", 80));
    }
    Json body = Json.parse(Objects.requireNonNull(told().getBody()).toByteArray());
    assertThat(body.get("Address").text()).isEqualTo("fd00::1");
    assertThat(body.get("Weights").get("Passing").text()).isEqualTo("1");
  }
}
