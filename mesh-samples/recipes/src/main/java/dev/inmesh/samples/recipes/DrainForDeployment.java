package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.Upstream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A deployment that no caller notices: one server after the other is taken out, deployed when
 * nothing is in flight on it any more, and put back.
 */
public final class DrainForDeployment {

  private DrainForDeployment() {}

  /** Shows who is in and who is out; {@code mesh.upstream.inventory.servers} names the servers. */
  public static void main(String[] args) throws Exception {
    Usage.check(
        DrainForDeployment.class, args, "-Dmesh.upstream.inventory.servers=<host:port,...>");
    try (Mesh mesh = Mesh.fromSystemProperties()) {
      run(mesh.upstream("inventory"), server -> System.out.println(mesh.upstream("inventory")));
    }
  }

  static void run(Upstream inventory, Consumer<String> deploy)
      throws InterruptedException, ExecutionException, TimeoutException {
    for (ServerStatus server : inventory.servers()) {
      // No new attempts from here on; done when the last running one has ended.
      inventory.drain(server.address()).get(30, TimeUnit.SECONDS);

      // A deployment that throws leaves its server out, which is where it should be.
      deploy.accept(server.address());

      inventory.restore(server.address());
    }
  }
}
