package dev.inmesh.discovery.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Asks a registry over HTTP, at one address after the other. Answers are bounded in size and time;
 * redirects aren't followed and no proxy is used, so that credentials go nowhere else; an address
 * that asks for a pause ({@code Retry-After}) gets it; an interrupt ends each wait at once. Safe
 * for concurrent use.
 */
public final class RegistryHttp implements AutoCloseable {

  /** An answer, or a value of a stream, may be this long, in bytes. */
  static final int LONGEST = 64 << 20;

  /** A connection of HTTP/2 whose other end is silent to pings for this long is given up. */
  private static final Duration PING = Duration.ofSeconds(5);

  private final Place place;
  private final Credentials credentials;
  private final ConnectionPool pool = new ConnectionPool();
  private final Workers workers;
  private final Pauses pauses;
  private final AtomicInteger current = new AtomicInteger();
  private final Set<Call> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable OkHttpClient client;
  private volatile boolean closed;

  /**
   * Where a registry is.
   *
   * @param id for the names of threads
   * @param addresses {@code host:port} each, at least one
   * @param caFile empty for those whom the JVM trusts
   */
  public record Place(
      String id,
      List<String> addresses,
      boolean tls,
      String caFile,
      Duration connectTimeout,
      Duration timeout) {

    /** Takes a copy. */
    public Place {
      addresses = List.copyOf(addresses);
    }
  }

  /** Connects to nothing yet. */
  public RegistryHttp(Place place, Credentials credentials) {
    this.place = place;
    this.credentials = credentials;
    this.workers = new Workers(place.id());
    this.pauses = new Pauses(place.addresses().size());
  }

  /**
   * Asks, at the address that answered last and then at each other one.
   *
   * @return an answer with a status below 500, other than 429
   * @throws IOException if no address gives one; in a few words, without credentials
   */
  public Answer ask(Ask ask) throws IOException, InterruptedException {
    return anywhere(ask, this::answer);
  }

  /**
   * Asks for a stream of JSON values, of which the first may come when it wants to.
   *
   * @throws IOException if no address answers with status 200; {@link RefusedException} where one
   *     answered with another one
   */
  public JsonStream open(Ask ask) throws IOException, InterruptedException {
    return anywhere(ask, this::stream);
  }

  private interface Way<T> {
    T go(Started started) throws IOException, InterruptedException;
  }

  private <T> T anywhere(Ask ask, Way<T> way) throws IOException, InterruptedException {
    int first = current.get();
    int count = place.addresses().size();
    IOException failure = new IOException("no address");
    pauses.awaitAny();
    for (int i = 0; i < count; i++) {
      int index = (first + i) % count;
      if (pauses.left(index) > 0) {
        continue;
      }
      try {
        T result = way.go(start(ask, place.addresses().get(index)));
        current.set(index);
        return result;
      } catch (RefusedException e) {
        if (!e.isOfTheMoment()) {
          throw e;
        }
        pauses.pause(index, e.retryAfter());
        failure = e;
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure;
  }

  /** A call that is on its way. */
  record Started(
      Call call, Stage stage, Failures failures, long timeoutMillis, long connectMillis) {

    IOException failed(IOException e) {
      return failures.of(e, stage.isConnected(), timeoutMillis, connectMillis);
    }
  }

  private Started start(Ask ask, String address) throws IOException {
    Map<String, String> secrets = credentials.headers();
    Failures failures = new Failures(address, secrets.values());
    OkHttpClient with;
    Request.Builder request;
    try {
      with = client();
      request = ask.request(base(address));
    } catch (IOException | IllegalArgumentException e) {
      throw failures.because(String.valueOf(e.getMessage()), e);
    }
    try {
      secrets.forEach(request::header);
    } catch (IllegalArgumentException e) {
      // Its message would tell the value.
      throw failures.because("a credential has characters that no header can have", null);
    }
    Stage stage = new Stage();
    Call call = with.newCall(request.tag(Stage.class, stage).build());
    long timeout = place.timeout().plus(ask.extra()).toMillis();
    long connect = place.connectTimeout().toMillis();
    return new Started(call, stage, failures, timeout, connect);
  }

  private HttpUrl base(String address) {
    return HttpUrl.get((place.tls() ? "https://" : "http://") + address);
  }

  private Answer answer(Started started) throws IOException, InterruptedException {
    Call call = started.call();
    Answer answer =
        await(
            started,
            () -> {
              try (Response response = call.execute()) {
                return answer(started, response);
              }
            });
    open.remove(call);
    RefusedException refusal = answer.refusal();
    if (refusal.isOfTheMoment()) {
      throw refusal;
    }
    return answer;
  }

  private static Answer answer(Started started, Response response) throws IOException {
    try (var body = new BoundedInput(response.body().byteStream(), LONGEST)) {
      return new Answer(
          response.code(), response.headers(), body.readAllBytes(), started.failures());
    }
  }

  private JsonStream stream(Started started) throws IOException, InterruptedException {
    Call call = started.call();
    Response response =
        await(
            started,
            () -> {
              Response begun = call.execute();
              if (begun.code() == 200) {
                return begun;
              }
              try (begun) {
                throw answer(started, begun).refusal();
              }
            });
    return new JsonStream(response, started, workers, () -> open.remove(call));
  }

  /** Waits for the whole of an answer, or for the headers of one that is a stream. */
  private <T> T await(Started started, Callable<T> work) throws IOException, InterruptedException {
    Call call = started.call();
    open.add(call);
    boolean done = false;
    try {
      if (closed) {
        throw new IOException("closed");
      }
      long most = started.connectMillis() + started.timeoutMillis();
      T result = Workers.result(workers.start(work), most);
      done = true;
      return result;
    } catch (TimeoutException e) {
      throw started.failed(new InterruptedIOException());
    } catch (IOException e) {
      if (e instanceof SSLException) {
        // Who vouches for it may have changed.
        client = null;
      }
      throw started.failed(e);
    } finally {
      if (!done) {
        call.cancel();
        open.remove(call);
      }
    }
  }

  private OkHttpClient client() throws IOException {
    OkHttpClient known = client;
    if (known != null) {
      return known;
    }
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .connectionPool(pool)
            .followRedirects(false)
            .followSslRedirects(false)
            .proxy(Proxy.NO_PROXY)
            .connectTimeout(place.connectTimeout())
            .readTimeout(Duration.ZERO)
            .writeTimeout(place.timeout())
            .pingInterval(PING)
            .eventListenerFactory(Stage::of);
    if (!place.caFile().isEmpty()) {
      Trust.apply(builder, place.caFile());
    }
    OkHttpClient made = builder.build();
    client = made;
    return made;
  }

  /** Ends all calls, connections and threads. */
  @Override
  public void close() {
    closed = true;
    open.forEach(Call::cancel);
    workers.close();
    pool.evictAll();
  }
}
