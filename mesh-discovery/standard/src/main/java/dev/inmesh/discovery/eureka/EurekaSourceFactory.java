package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.http.Credentials;
import dev.inmesh.discovery.http.HttpKeys;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Makes the sources of type {@code eureka}. */
public final class EurekaSourceFactory implements ServerSourceFactory {

  private static final String ADDRESS = "127.0.0.1:8761";
  private static final String USUAL_PATH = "/eureka";

  static final SourceKey<String> PATH =
      SourceKey.text("path", "Where its API begins; /eureka if unset.")
          .checked(
              text ->
                  text.startsWith("/")
                      ? Optional.empty()
                      : Optional.of("has no slash at its begin; write it like /eureka/v2"));

  static final SourceKey<Duration> POLL =
      SourceKey.duration(
          "poll", Duration.ofMillis(100), Duration.ofMinutes(10), "5s", "How often it is asked.");

  static final SourceKey<String> USERNAME =
      SourceKey.text("username", "By whom it is asked, where it wants to know.");

  static final SourceKey<String> PASSWORD = SourceKey.secret("password", "The user's.");

  static final SourceKey<String> TARGETS =
      SourceKey.word(
          "targets",
          List.of("address", "name"),
          "Whether servers are listed by the addresses of instances, or by their host names.");

  static final SourceKey<String> PORT =
      SourceKey.word(
          "port", List.of("plain", "secure"), "Which port of an instance is its server's.");

  static final SourceKey<Duration> LEASE =
      SourceKey.duration(
          "lease",
          Duration.ofSeconds(5),
          Duration.ofMinutes(10),
          "30s",
          "How long a registration of this process holds without being renewed.");

  /** For {@link java.util.ServiceLoader}. */
  public EurekaSourceFactory() {}

  @Override
  public String type() {
    return "eureka";
  }

  @Override
  public List<SourceKey<?>> keys() {
    List<SourceKey<?>> keys = new ArrayList<>(HttpKeys.all());
    keys.addAll(List.of(PATH, POLL, USERNAME, PASSWORD, TARGETS, PORT, LEASE));
    return List.copyOf(keys);
  }

  @Override
  public ServerSource open(SourceSettings settings) {
    RegistryHttp http = HttpKeys.client(settings, ADDRESS, credentials(settings));
    Instance.Form form =
        new Instance.Form(
            settings.value(TARGETS).equals("name"), settings.value(PORT).equals("secure"));
    return new EurekaSource(
        http,
        new RegistryCopy(
            http, path(settings.value(PATH)), form, settings.value(POLL), System::nanoTime));
  }

  /** With all addresses: the servers of a cluster tell each other. */
  @Override
  public Optional<Registrar> registrar(SourceSettings settings) {
    return Optional.of(
        new EurekaRegistrar(
            HttpKeys.client(settings, ADDRESS, credentials(settings)),
            path(settings.value(PATH)),
            settings.value(PORT).equals("secure"),
            settings.value(LEASE)));
  }

  private static List<String> path(String text) {
    String path = text.isEmpty() ? USUAL_PATH : text;
    return Arrays.stream(path.split("/", -1)).filter(segment -> !segment.isEmpty()).toList();
  }

  private static Credentials credentials(SourceSettings settings) {
    String user = settings.value(USERNAME);
    String pair = user + ":" + settings.value(PASSWORD);
    String header =
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    return Credentials.header("Authorization", user.isEmpty() ? "" : header);
  }
}
