package dev.inmesh.jdbc;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** So many at a time, a number that may change meanwhile. Safe for concurrent use; fair. */
final class Slots {

  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition change = lock.newCondition();
  private int most;
  private int taken;

  Slots(int most) {
    this.most = most;
  }

  /** Takes one; false when none became free in time. */
  boolean acquire(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    if (!lock.tryLock(nanos, TimeUnit.NANOSECONDS)) {
      return false;
    }
    try {
      while (taken >= most) {
        long left = change.awaitNanos(end - System.nanoTime());
        if (left <= 0 && taken >= most) {
          return false;
        }
      }
      taken++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void release() {
    lock.lock();
    try {
      taken--;
      change.signal();
    } finally {
      lock.unlock();
    }
  }

  void resize(int changed) {
    lock.lock();
    try {
      most = changed;
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int taken() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }
}
