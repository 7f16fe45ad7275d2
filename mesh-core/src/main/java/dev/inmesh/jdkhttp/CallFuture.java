package dev.inmesh.jdkhttp;

import java.util.concurrent.CompletableFuture;

/**
 * What {@code sendAsync} returns: cancelling it, or a stage made from it, cancels the call, as with
 * the JDK's own.
 */
final class CallFuture<T> extends CompletableFuture<T> {

  private final Runnable cancelCall;

  CallFuture(Runnable cancelCall) {
    this.cancelCall = cancelCall;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CallFuture<>(cancelCall);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean first = !isDone() && super.cancel(mayInterruptIfRunning);
    if (first && mayInterruptIfRunning) {
      cancelCall.run();
    }
    return first;
  }
}
