package dev.inmesh.discovery.zookeeper;

import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * A client of ZooKeeper that is started when it is first used. Safe for concurrent use.
 *
 * <p>Curator keeps the connection and makes another session when one expires. It tries nothing
 * again: that is the mesh's to do.
 */
final class ZooKeeperClient implements AutoCloseable {

  /**
   * Less than the {@code discovery.start-timeout} of an upstream, so that a start without servers
   * can say why.
   */
  static final Duration WAIT = Duration.ofMillis(1_500);

  private static final int CONNECT_MILLIS = 2_000;

  private final String addresses;
  private final String digest;
  private final int sessionMillis;
  private @Nullable CuratorFramework curator;
  private boolean closed;

  ZooKeeperClient(SourceSettings settings) {
    this.addresses = String.join(",", settings.value(ZooKeeperSourceFactory.ADDRESS));
    this.digest = settings.value(ZooKeeperSourceFactory.DIGEST);
    this.sessionMillis = (int) settings.value(ZooKeeperSourceFactory.SESSION_TIMEOUT).toMillis();
  }

  /**
   * The client, once it is connected.
   *
   * @throws IOException if it isn't within {@link #WAIT}, its own start included
   */
  CuratorFramework connected() throws IOException, InterruptedException {
    long end = System.nanoTime() + WAIT.toNanos();
    CuratorFramework started = started();
    // At least one look: Curator takes a negative time for no bound.
    long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
    if (!started.blockUntilConnected((int) left, TimeUnit.MILLISECONDS)) {
      throw new IOException("no connection to " + addresses);
    }
    return started;
  }

  /**
   * The session of the moment, once it is connected, for what Curator would only stand before.
   *
   * @throws IOException if it isn't within {@link #WAIT}
   */
  ZooKeeper session() throws IOException, InterruptedException {
    CuratorFramework connected = connected();
    try {
      return connected.getZookeeperClient().getZooKeeper();
    } catch (Exception e) {
      throw failure(e);
    }
  }

  private synchronized CuratorFramework started() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    CuratorFramework known = curator;
    if (known == null) {
      known = make();
      known.start();
      curator = known;
    }
    return known;
  }

  private CuratorFramework make() {
    CuratorFrameworkFactory.Builder builder =
        CuratorFrameworkFactory.builder()
            .connectString(addresses)
            .sessionTimeoutMs(sessionMillis)
            .connectionTimeoutMs(CONNECT_MILLIS)
            .retryPolicy((count, elapsedMillis, sleeper) -> false)
            // Only the servers that are configured: none that the ensemble names.
            .ensembleTracker(false)
            .canBeReadOnly(false)
            .defaultData(new byte[0]);
    if (!digest.isEmpty()) {
      builder
          .authorization("digest", digest.getBytes(StandardCharsets.UTF_8))
          .aclProvider(new OwnNodes());
    }
    return builder.build();
  }

  /** Whoever has a credential writes nodes that others can read and not change. */
  private static final class OwnNodes implements ACLProvider {

    /** Not List.of, which ZooKeeper may not ask for null. */
    private static final List<ACL> ACLS =
        Arrays.asList(
            new ACL(ZooDefs.Perms.ALL, ZooDefs.Ids.AUTH_IDS),
            new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE));

    @Override
    public List<ACL> getDefaultAcl() {
      return ACLS;
    }

    @Override
    public List<ACL> getAclForPath(String path) {
      return ACLS;
    }
  }

  /** What went wrong with a call to Curator, in a few words. */
  IOException failure(Exception e) throws InterruptedException {
    if (e instanceof InterruptedException interrupted) {
      throw interrupted;
    }
    if (e instanceof IOException known) {
      return known;
    }
    return new IOException(e instanceof KeeperException k ? words(k) : e.toString(), e);
  }

  private String words(KeeperException e) {
    return switch (e.code()) {
      case CONNECTIONLOSS, OPERATIONTIMEOUT -> "no connection to " + addresses;
      case SESSIONEXPIRED, SESSIONMOVED -> "session with " + addresses + " expired";
      case NOAUTH, AUTHFAILED ->
          "access to "
              // Unknown where several changes are made as one.
              + (e.getPath() == null ? "a node" : e.getPath())
              + " is refused; set digest, or the node's ACL";
      case UNIMPLEMENTED -> addresses + " is older than ZooKeeper 3.6";
      default -> String.valueOf(e.getMessage());
    };
  }

  @Override
  public void close() {
    CuratorFramework open;
    synchronized (this) {
      closed = true;
      open = curator;
      curator = null;
    }
    if (open != null) {
      open.close();
    }
  }
}
