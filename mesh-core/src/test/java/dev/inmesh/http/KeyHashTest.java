package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class KeyHashTest {

  private static UpstreamSettings settings(String balancer, String key) {
    return Objects.requireNonNull(
        Configuration.open(
                Sources.of(
                    Map.of(
                        "mesh.upstream.u.servers", "a:1",
                        "mesh.upstream.u.balancer", balancer,
                        "mesh.upstream.u.hash.key", key)))
            .current()
            .settings()
            .upstreams()
            .get("u"));
  }

  private static long hash(UpstreamSettings settings, String path, String user, String query) {
    return KeyHash.of(
        settings,
        path,
        name -> name.equals("x-user") ? user : null,
        name -> name.equals("id") ? query : null);
  }

  @Test
  void theKeyThatIsNamedDecidesAlone() {
    UpstreamSettings byPath = settings("hash", "path");
    UpstreamSettings byHeader = settings("hash", "header:X-User");
    UpstreamSettings byQuery = settings("hash", "query:id");

    assertThat(hash(byPath, "/a", "u", "1")).isEqualTo(hash(byPath, "/a", "v", "2"));
    assertThat(hash(byPath, "/a", "u", "1")).isNotEqualTo(hash(byPath, "/b", "u", "1"));
    assertThat(hash(byHeader, "/a", "u", "1")).isEqualTo(hash(byHeader, "/b", "u", "2"));
    assertThat(hash(byHeader, "/a", "u", "1")).isNotEqualTo(hash(byHeader, "/a", "v", "1"));
    assertThat(hash(byQuery, "/a", "u", "1")).isEqualTo(hash(byQuery, "/b", "v", "1"));
    assertThat(hash(byQuery, "/a", "u", "1")).isNotEqualTo(hash(byQuery, "/a", "u", "2"));
  }

  @Test
  void withoutItsHeaderACallGoesByItsPath() {
    UpstreamSettings byCookie = settings("hash", "header:X-Missing");
    UpstreamSettings byPath = settings("hash", "path");

    assertThat(hash(byCookie, "/a", "u", "1")).isEqualTo(hash(byPath, "/a", "u", "1"));
  }

  @Test
  void otherBalancersPayForNoHash() {
    assertThat(hash(settings("least_conn", "path"), "/a", "u", "1")).isZero();
  }
}
