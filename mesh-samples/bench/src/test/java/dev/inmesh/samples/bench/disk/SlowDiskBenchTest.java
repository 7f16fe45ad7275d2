package dev.inmesh.samples.bench.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.samples.bench.disk.SlowDiskBench.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * {@code -Dinmesh.slowdisk=READS} or another {@link Work} measures; as root on Linux. {@code
 * -Dinmesh.slowdisk.iops=50}, {@code -Dinmesh.slowdisk.limits=off,4,8-exempt,enforce} and {@code
 * -Dinmesh.slowdisk.rounds=2} say how.
 */
@EnabledIfSystemProperty(named = "inmesh.slowdisk", matches = "[A-Z_]+")
final class SlowDiskBenchTest {

  private static final String LIMITS =
      "4,off,4-exempt,8,8-exempt,enforce,16,16-exempt,32,32-exempt,64,64-exempt";

  private final Work work = Work.valueOf(System.getProperty("inmesh.slowdisk", "READS"));
  private final int iops = Integer.getInteger("inmesh.slowdisk.iops", 200);
  private final int rounds = Integer.getInteger("inmesh.slowdisk.rounds", 1);
  private final int measured = Integer.getInteger("inmesh.slowdisk.seconds", 20);
  private final List<Variant> variants =
      Stream.of(System.getProperty("inmesh.slowdisk.limits", LIMITS).split(",", -1))
          .map(Variant::parse)
          .toList();

  @Test
  void fourServicesOnASlowDisk() throws Exception {
    Plan story = new Plan(12, 10, measured + 5, 25);
    Plan slowOnly = new Plan(2, 4, measured, 0);

    try (SlowDiskBench bench = SlowDiskBench.start(work)) {
      System.out.println(work + " at " + iops + " IOPS");
      System.out.print(Result.HEAD);
      List<Result> stories = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        for (Variant variant : variants) {
          Result result = bench.run(variant, iops, variant.hasStory() ? story : slowOnly);
          System.out.print(result.row());
          assertThat(result.failed()).isZero();
          if (variant.hasStory()) {
            stories.add(result);
          }
        }
      }
      for (Result each : stories) {
        Turns turns = Turns.of(each);
        if (!Double.isNaN(turns.began())) {
          System.out.println(each.variant() + ": " + turns);
        }
      }
      String title = "PostgreSQL 18 whose disk does " + iops + " operations a second for a while";
      Path picture = Path.of("target", "slow-disk-" + work + "-" + iops + ".svg");
      System.out.println(Files.writeString(picture, Picture.of(title, stories)).toAbsolutePath());
    }
  }
}
