package dev.inmesh.okhttp;

import dev.inmesh.call.Deadline;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import okhttp3.Call;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import org.jspecify.annotations.Nullable;

/**
 * Listens to a call that the user made: knows when it started, carries a cancel to the attempt that
 * runs, and holds its end back until the body of the attempt is done, as the user's listener would
 * see it without the mesh. Safe for concurrent use.
 */
final class CallListener extends ForwardingListener {

  /** Published by the flag after them. */
  private long startNanos;

  private long limitNanos;

  private volatile boolean started;

  private volatile @Nullable Call attempt;
  private boolean attemptOpen;
  private @Nullable Call endedCall;
  private @Nullable IOException endedWith;

  CallListener(EventListener listener) {
    super(listener);
  }

  /** The listener of a call on its way through the interceptors. */
  static CallListener of(Interceptor.Chain chain) {
    if (chain.getEventListener() instanceof CallListener own) {
      return own;
    }
    // Somebody added a listener to the call: ours is behind it.
    CallListener tagged = chain.call().tag(CallListener.class);
    if (tagged != null) {
      return tagged;
    }
    // Or another listener factory was set on the wrapped client.
    CallListener late = new CallListener(EventListener.NONE);
    chain.call().addEventListener(late);
    return late;
  }

  @Override
  Call userCall(Call call) {
    return call;
  }

  /** When the call was started or put into the dispatcher's queue; now if that was not heard. */
  long startNanos() {
    return started ? startNanos : System.nanoTime();
  }

  /**
   * What the deadline of the thread in which the user made the call leaves to it, from its start; a
   * call from the queue runs in another one.
   */
  long limitNanos(long startedNanos) {
    return started ? limitNanos : Deadline.limitNanos(startedNanos);
  }

  @Override
  public void callStart(Call call) {
    startNanos = System.nanoTime();
    limitNanos = Deadline.limitNanos(startNanos);
    started = true;
    call.tag(CallListener.class, () -> this);
    listener().callStart(call);
  }

  @Override
  public void dispatcherQueueStart(Call call, Dispatcher dispatcher) {
    listener().dispatcherQueueStart(call, dispatcher);
  }

  @Override
  public void dispatcherQueueEnd(Call call, Dispatcher dispatcher) {
    listener().dispatcherQueueEnd(call, dispatcher);
  }

  @Override
  public void canceled(Call call) {
    listener().canceled(call);
    Call running = attempt;
    if (running != null) {
      running.cancel();
    }
    synchronized (this) {
      notifyAll();
    }
  }

  /** Waits; false when the call was cancelled or the thread interrupted meanwhile. */
  boolean await(Call userCall, long nanos) {
    return await(userCall, nanos, () -> false);
  }

  /** The same, but no longer than until something is so, of which {@link #wake} tells. */
  synchronized boolean await(Call userCall, long nanos, BooleanSupplier isSo) {
    long end = System.nanoTime() + nanos;
    try {
      for (long left = nanos;
          left > 0 && !userCall.isCanceled() && !isSo.getAsBoolean();
          left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !userCall.isCanceled();
  }

  /** The same, but no longer than until something is done. */
  boolean await(Call userCall, long nanos, CompletableFuture<?> pending, BooleanSupplier isSo) {
    CompletableFuture<Object> waited = new CompletableFuture<>();
    // What never is done would keep hold of all that ever waited for it; of the first of two it
    // lets go when the other one is done.
    var unused = CompletableFuture.anyOf(pending, waited).whenComplete((x, y) -> wake());
    try {
      return await(userCall, nanos, () -> pending.isDone() || isSo.getAsBoolean());
    } finally {
      waited.complete(true);
    }
  }

  synchronized void wake() {
    notifyAll();
  }

  /** From now on a cancel of the call cancels this attempt, also one that came already. */
  void attempt(Call userCall, Call running) {
    attempt = running;
    if (userCall.isCanceled()) {
      running.cancel();
    }
  }

  /** The answer of an attempt was handed out; its body is still to be read. */
  synchronized void bodyOpened() {
    attemptOpen = true;
  }

  /** The body was read to its end, closed, or broke. */
  void bodyEnded(@Nullable IOException failure) {
    Call call;
    synchronized (this) {
      attemptOpen = false;
      call = endedCall;
      endedCall = null;
      if (failure == null) {
        failure = endedWith;
      }
    }
    if (call != null) {
      tell(call, failure);
    }
  }

  @Override
  public void callEnd(Call call) {
    if (!heldBack(call, null)) {
      tell(call, null);
    }
  }

  @Override
  public void callFailed(Call call, IOException failure) {
    if (!heldBack(call, failure)) {
      tell(call, failure);
    }
  }

  private synchronized boolean heldBack(Call call, @Nullable IOException failure) {
    if (!attemptOpen) {
      return false;
    }
    endedCall = call;
    endedWith = failure;
    return true;
  }

  private void tell(Call call, @Nullable IOException failure) {
    if (failure == null) {
      listener().callEnd(call);
    } else {
      listener().callFailed(call, failure);
    }
  }
}
