package dev.inmesh.okhttp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import okhttp3.Dns;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The user's name service for redirects out of the mesh, asked on threads of the mesh: a look-up
 * can't be stopped, so whoever waits for it must be able to go. Of one name there is one look-up at
 * a time, so that a name service that hangs holds one thread for each. Safe for concurrent use.
 */
final class OutsideDns implements Dns {

  /** For whom a thread looks names up. */
  private record Waiting(CallListener listener, okhttp3.Call userCall, long deadlineNanos) {}

  /** Nobody waits any longer; as an exception that OkHttp lets a look-up throw. */
  private static final class GaveUp extends UnknownHostException {
    private static final long serialVersionUID = 1;
  }

  private final Dns users;
  private final Executor threads;
  private final ConcurrentHashMap<String, CompletableFuture<List<InetAddress>>> running =
      new ConcurrentHashMap<>();

  /** For whom this thread makes a call: OkHttp looks up on it, and does not say for which. */
  private static final ThreadLocal<@Nullable Waiting> waiting = new ThreadLocal<>();

  OutsideDns(Dns users, Executor threads) {
    this.users = users;
    this.threads = threads;
  }

  /** Makes a call whose look-ups end at the deadline, or with the user's call. */
  Response execute(
      okhttp3.Call call, CallListener listener, okhttp3.Call userCall, long deadlineNanos)
      throws IOException {
    Waiting outer = waiting.get();
    waiting.set(new Waiting(listener, userCall, deadlineNanos));
    try {
      return call.execute();
    } catch (GaveUp e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted");
      }
      throw System.nanoTime() - deadlineNanos < 0
          ? new IOException("Canceled")
          : new InterruptedIOException("timeout");
    } finally {
      if (outer == null) {
        waiting.remove();
      } else {
        waiting.set(outer);
      }
    }
  }

  @Override
  public List<InetAddress> lookup(String host) throws UnknownHostException {
    Waiting current = waiting.get();
    if (current == null) {
      return users.lookup(host);
    }
    CompletableFuture<List<InetAddress>> found = found(host);
    long left = current.deadlineNanos - System.nanoTime();
    if (!current.listener.await(current.userCall, left, found, () -> false) || !found.isDone()) {
      throw new GaveUp();
    }
    try {
      return found.join();
    } catch (CompletionException e) {
      throw asThrown(e.getCause());
    }
  }

  private CompletableFuture<List<InetAddress>> found(String host) {
    CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
    CompletableFuture<List<InetAddress>> others = running.putIfAbsent(host, mine);
    if (others != null) {
      return others;
    }
    try {
      threads.execute(() -> run(host, mine));
    } catch (RuntimeException | Error e) {
      running.remove(host, mine);
      mine.completeExceptionally(e);
    }
    return mine;
  }

  private void run(String host, CompletableFuture<List<InetAddress>> found) {
    try {
      List<InetAddress> addresses = users.lookup(host);
      running.remove(host, found);
      found.complete(addresses);
    } catch (Throwable e) {
      // The user's own code may throw anything; whoever waits gets to see it.
      running.remove(host, found);
      found.completeExceptionally(e);
    }
  }

  private static UnknownHostException asThrown(@Nullable Throwable thrown) {
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    if (thrown instanceof UnknownHostException e) {
      return e;
    }
    UnknownHostException unknown = new UnknownHostException(String.valueOf(thrown));
    unknown.initCause(thrown);
    return unknown;
  }
}
