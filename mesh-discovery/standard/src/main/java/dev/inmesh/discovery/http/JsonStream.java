package dev.inmesh.discovery.http;

import dev.inmesh.discovery.json.Json;
import dev.inmesh.discovery.json.JsonValues;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * An answer that goes on: JSON values, one after the other, as they come. For one thread, beside
 * the end of the client.
 */
public final class JsonStream implements AutoCloseable {

  private final Response response;
  private final RegistryHttp.Started started;
  private final Workers workers;
  private final Runnable ended;
  private final BoundedInput in;
  private final JsonValues values;
  private @Nullable Future<Optional<Json>> next;
  private boolean over;

  private final Object lock = new Object();
  private boolean busy;
  private boolean closed;

  JsonStream(Response response, RegistryHttp.Started started, Workers workers, Runnable ended) {
    this.response = response;
    this.started = started;
    this.workers = workers;
    this.ended = ended;
    this.in = new BoundedInput(response.body().byteStream(), RegistryHttp.LONGEST);
    this.values = new JsonValues(in);
  }

  /**
   * The next value, waited for no longer than this; empty when none has come, or none will: see
   * {@link #isOver}.
   *
   * @throws IOException if the stream breaks off or isn't JSON
   */
  public Optional<Json> next(Duration most) throws IOException, InterruptedException {
    Future<Optional<Json>> reading = next;
    boolean done = false;
    try {
      if (reading == null) {
        reading = begin();
        next = reading;
      }
      Optional<Json> value = Workers.result(reading, most.toMillis());
      next = null;
      over = value.isEmpty();
      done = true;
      return value;
    } catch (TimeoutException e) {
      done = true;
      return Optional.empty();
    } catch (IOException e) {
      throw started.failed(e);
    } finally {
      if (!done) {
        close();
      }
    }
  }

  private Future<Optional<Json>> begin() throws IOException {
    synchronized (lock) {
      busy = true;
    }
    try {
      return workers.start(this::read);
    } catch (IOException e) {
      idle();
      throw e;
    }
  }

  private Optional<Json> read() throws IOException {
    try {
      in.allowAnew();
      return values.next();
    } finally {
      idle();
    }
  }

  private void idle() {
    boolean last;
    synchronized (lock) {
      busy = false;
      last = closed;
    }
    if (last) {
      response.close();
    }
  }

  /** Whether the registry has ended it. */
  public boolean isOver() {
    return over;
  }

  /** Whether a registry that has gone away would be heard of, by pings of the connection. */
  public boolean isWatched() {
    return response.protocol() == Protocol.HTTP_2;
  }

  /** What is wrong with what it says, in the words of a failure at this address. */
  public IOException because(String words) {
    return started.failures().because(words, null);
  }

  @Override
  public void close() {
    if (!over) {
      // It would be read to its end, which is not to come, by a close alone.
      started.call().cancel();
    }
    boolean idle;
    synchronized (lock) {
      closed = true;
      idle = !busy;
    }
    // Never while it is read from: whoever reads closes it then.
    if (idle) {
      response.close();
    }
    ended.run();
  }
}
