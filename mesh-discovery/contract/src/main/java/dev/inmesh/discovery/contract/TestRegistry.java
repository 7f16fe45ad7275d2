package dev.inmesh.discovery.contract;

import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A real registry, or a stand-in that speaks its protocol, in the hands of a test. */
public interface TestRegistry extends AutoCloseable {

  /** The keys of {@code mesh.discovery.registry.}, without that prefix, {@code type} among them. */
  Map<String, String> keys();

  /** What the registry knows the upstream by. */
  String service();

  /** Lists these and no others; returns when the registry serves them. */
  void list(List<ServerEntry> entries) throws Exception;

  /** Nobody can reach it any more. */
  void kill() throws Exception;

  /** It is back, with what it listed last. */
  void restart() throws Exception;

  @Override
  void close() throws IOException;
}
