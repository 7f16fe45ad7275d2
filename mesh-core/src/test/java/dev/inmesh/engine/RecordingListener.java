package dev.inmesh.engine;

import dev.inmesh.call.Phase;
import dev.inmesh.event.BreakerState;
import dev.inmesh.event.Evidence;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.event.Rejected;
import dev.inmesh.event.ServerListener;
import dev.inmesh.event.Source;
import dev.inmesh.event.UpstreamListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Writes down what it hears, one word or two each. */
final class RecordingListener implements UpstreamListener {

  final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /** Fails with this, an unchecked one, when it next hears that a server joined or left. */
  void failNext(@Nullable Throwable next) {
    failure.set(next);
  }

  private void failIfTold() {
    Throwable next = failure.getAndSet(null);
    if (next instanceof Error error) {
      throw error;
    }
    if (next instanceof RuntimeException bug) {
      throw bug;
    }
  }

  /** How often it heard this, or something that begins with these words. */
  long count(String event) {
    return heard.stream().filter(e -> (e + " ").startsWith(event + " ")).count();
  }

  @Override
  public ServerListener serverJoined(String address) {
    heard.add("joined " + address);
    failIfTold();
    return new ServerListener() {
      @Override
      public void attemptEnded(Outcome outcome, long nanos) {
        heard.add("attempt " + outcome.tag());
      }

      @Override
      public void healthChecked(Outcome outcome) {
        heard.add("checked " + address + " " + outcome.tag());
      }

      @Override
      public void limitChanged(int attempts) {
        heard.add("limit " + attempts);
      }

      @Override
      public void ejected(Evidence evidence) {
        heard.add("ejected " + address + " " + evidence.tag());
      }

      @Override
      public void wouldBeEjected(Evidence evidence) {
        heard.add("would be ejected " + address + " " + evidence.tag());
      }
    };
  }

  @Override
  public void serverLeft(String address) {
    heard.add("left " + address);
    failIfTold();
  }

  @Override
  public void callEnded(Outcome outcome, long nanos) {
    heard.add("call " + outcome.tag());
  }

  @Override
  public void retried(Failure failure) {
    heard.add("retried");
  }

  @Override
  public void hedged() {
    heard.add("hedged");
  }

  @Override
  public void timedOut(Phase phase) {
    heard.add("timed out " + phase.tag());
  }

  @Override
  public void rejected(Rejected reason) {
    heard.add("rejected " + reason.tag());
  }

  @Override
  public void fellBack(Source source) {
    heard.add("fell back " + source.tag());
  }

  @Override
  public void failedOpen() {
    heard.add("failed open");
  }

  @Override
  public void breakerChanged(BreakerState state) {
    heard.add("breaker " + state.tag());
  }
}
