package dev.inmesh.samples.shop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The servers of the demo, numbered from 1. */
final class Shop implements AutoCloseable {

  /** How many servers there are. */
  static final int SERVERS = 3;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<ShopServer> servers = new ArrayList<>();

  /** Three servers that are well. */
  Shop() throws IOException {
    for (int i = 0; i < SERVERS; i++) {
      servers.add(new ShopServer(threads));
    }
  }

  /** The servers' {@code host:port}, the first one's first. */
  List<String> addresses() {
    return servers.stream().map(ShopServer::address).toList();
  }

  /** Makes servers ill, or well again. */
  void obey(Command command) {
    for (int number : command.servers()) {
      servers.get(number - 1).turn(command.fault(), command.delay());
    }
  }

  @Override
  public void close() throws IOException {
    for (ShopServer server : servers) {
      server.close();
    }
    threads.shutdownNow();
  }
}
