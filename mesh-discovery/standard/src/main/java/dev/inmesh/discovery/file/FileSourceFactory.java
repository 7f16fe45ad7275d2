package dev.inmesh.discovery.file;

import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.util.List;
import java.util.Optional;

/** Makes the sources of type {@code file}. */
public final class FileSourceFactory implements ServerSourceFactory {

  /** Stands for the service in a path. */
  static final String SERVICE = "{service}";

  static final SourceKey<String> PATH =
      SourceKey.text("path", "The file; {service} in it stands for the service.").required();

  /** For {@link java.util.ServiceLoader}. */
  public FileSourceFactory() {}

  @Override
  public String type() {
    return "file";
  }

  @Override
  public List<SourceKey<?>> keys() {
    return List.of(PATH);
  }

  @Override
  public Optional<String> refusal(String service, SourceSettings settings) {
    boolean leads = service.contains("/") || service.contains("\\") || service.equals("..");
    return leads && settings.value(PATH).contains(SERVICE)
        ? Optional.of("leads to another folder; write a name without a slash")
        : Optional.empty();
  }

  @Override
  public ServerSource open(SourceSettings settings) {
    return new FileSource(settings.value(PATH));
  }
}
