package dev.inmesh.registry;

import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Type {@code scripted}: lists what a test says, by the name of a {@link Script}. */
public final class ScriptedSourceFactory implements ServerSourceFactory {

  static final SourceKey<String> SCRIPT = SourceKey.text("script", "Its name.").required();
  static final SourceKey<String> TOKEN = SourceKey.secret("token", "A credential.");
  static final SourceKey<Duration> PERIOD =
      SourceKey.duration(
          "period", Duration.ofMillis(1), Duration.ofSeconds(10), "50ms", "A duration.");
  static final SourceKey<Integer> COUNT = SourceKey.count("count", 1, 9, "3", "A count.");
  static final SourceKey<List<String>> ADDRESS = SourceKey.addresses("address", "Addresses.");
  static final SourceKey<String> MODE =
      SourceKey.word("mode", List.of("quick", "slow"), "One of two words.");
  static final SourceKey<String> EVEN =
      SourceKey.text("even", "A text of even length.")
          .checked(
              text ->
                  text.length() % 2 == 0
                      ? Optional.empty()
                      : Optional.of("is odd; write one character more"));

  @Override
  public String type() {
    return "scripted";
  }

  @Override
  public List<SourceKey<?>> keys() {
    return List.of(SCRIPT, TOKEN, PERIOD, COUNT, ADDRESS, MODE, EVEN);
  }

  @Override
  public Optional<String> refusal(String service, SourceSettings settings) {
    return service.equals("unheard-of")
        ? Optional.of("is unheard of; write another")
        : Optional.empty();
  }

  @Override
  public ServerSource open(SourceSettings settings) {
    return Script.named(settings.value(SCRIPT)).open(settings);
  }

  @Override
  public Optional<Registrar> registrar(SourceSettings settings) {
    return Script.named(settings.value(SCRIPT)).registrar();
  }
}
