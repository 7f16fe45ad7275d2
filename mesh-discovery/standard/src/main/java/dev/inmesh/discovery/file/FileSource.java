package dev.inmesh.discovery.file;

import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerSource;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Server lists from files, each looked at five times a second. A WatchService is not enough: it
 * hears nothing of changes that another machine makes on a network file system, nothing of a
 * symbolic link's target, which is how Kubernetes swaps a ConfigMap, and on some systems it polls
 * itself, every 10 seconds.
 */
final class FileSource implements ServerSource {

  /** Between two looks. */
  private static final long PERIOD_MILLIS = 200;

  private final String path;

  FileSource(String path) {
    this.path = path;
  }

  @Override
  public void follow(String service, Listing listing) throws IOException, InterruptedException {
    WatchedFile file = new WatchedFile(Path.of(path.replace(FileSourceFactory.SERVICE, service)));
    boolean settled = false;
    while (true) {
      byte[] content = settled ? file.readChanged() : file.read();
      if (content.length > 0) {
        settled = listing.list(ServerFile.parse(content, file.path(), service));
      } else {
        listing.unchanged();
      }
      Thread.sleep(PERIOD_MILLIS);
    }
  }

  @Override
  public void close() {}
}
