package dev.inmesh.discovery.etcd;

import dev.inmesh.discovery.http.HttpKeys;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The keys of {@code etcd}. */
final class EtcdKeys {

  /** Where etcd listens by default. */
  static final String LOCAL = "127.0.0.1:2379";

  static final SourceKey<String> PREFIX =
      SourceKey.text("prefix", "Servers are below <prefix>/<service>/.").orElse("/inmesh");

  static final SourceKey<String> USER = SourceKey.text("user", "The user, where etcd has any.");

  static final SourceKey<String> PASSWORD = SourceKey.secret("password", "The user's password.");

  static final SourceKey<Duration> CONFIRM =
      SourceKey.duration(
          "confirm",
          Duration.ofSeconds(1),
          Duration.ofMinutes(10),
          "10s",
          "How often etcd is asked, while nothing changes, whether it is still there.");

  static final SourceKey<Duration> LEASE =
      SourceKey.duration(
          "lease",
          Duration.ofSeconds(2),
          Duration.ofMinutes(10),
          "10s",
          "How long a registration of this process holds without being renewed.");

  private EtcdKeys() {}

  static List<SourceKey<?>> all() {
    List<SourceKey<?>> keys = new ArrayList<>(HttpKeys.all());
    keys.addAll(List.of(PREFIX, USER, PASSWORD, CONFIRM, LEASE));
    return List.copyOf(keys);
  }

  /** What the keys of a service's servers begin with. */
  static String prefix(SourceSettings settings, String service) {
    return settings.value(PREFIX).replaceAll("/+$", "") + "/" + service + "/";
  }
}
