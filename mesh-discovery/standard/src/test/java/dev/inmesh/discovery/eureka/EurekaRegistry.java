package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.discovery.eureka.server.EurekaProcess;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An app of a real Eureka, whose instances register anew when it comes back. */
final class EurekaRegistry implements TestRegistry {

  private static final String POLL = System.getProperty("inmesh.eureka.poll", "1s");

  private final EurekaProcess eureka;
  private final String app;
  private final Registrations registrations;
  private final Map<String, Map<String, Object>> registered = new LinkedHashMap<>();
  private boolean killed;

  EurekaRegistry(EurekaProcess eureka, String app) {
    this.eureka = eureka;
    this.app = app;
    this.registrations = new Registrations(eureka.address());
  }

  @Override
  public Map<String, String> keys() {
    return Map.of("type", "eureka", "address", eureka.address(), "poll", POLL, "lease", "5s");
  }

  @Override
  public String service() {
    return app;
  }

  @Override
  public void list(List<ServerEntry> entries) throws IOException {
    List<String> ids = Registrations.ids(entries);
    Set<String> others = new HashSet<>(registered.keySet());
    if (!killed) {
      // Whoever has registered by itself.
      others.addAll(registrations.ids(app));
    }
    for (int i = 0; i < entries.size(); i++) {
      String id = ids.get(i);
      Map<String, Object> instance = Registrations.instance(app, id, entries.get(i));
      if (!instance.equals(registered.put(id, instance)) && !killed) {
        registrations.register(app, instance);
      }
      others.remove(id);
    }
    for (String id : others) {
      registered.remove(id);
      if (!killed) {
        registrations.deregister(app, id);
      }
    }
  }

  @Override
  public void kill() {
    eureka.kill();
    killed = true;
  }

  @Override
  public void restart() throws Exception {
    eureka.restart();
    killed = false;
    for (Map<String, Object> instance : registered.values()) {
      registrations.register(app, instance);
    }
  }

  /** Leaves a server to the next test. */
  @Override
  public void close() throws IOException {
    registered.clear();
    try {
      if (killed) {
        restart();
      }
      list(List.of());
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
