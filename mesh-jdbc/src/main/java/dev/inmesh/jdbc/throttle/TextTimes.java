package dev.inmesh.jdbc.throttle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How long the statements of each text took, in one window after the other. There is room for
 * {@value #PLACES} texts; one that finds none is not noted until a window has passed in which a
 * text in its place was not used. Safe for concurrent use.
 */
public final class TextTimes {

  private static final int PLACES = 64;

  private final AtomicReferenceArray<@Nullable Entry> entries = new AtomicReferenceArray<>(PLACES);

  private static final class Entry {

    final Object text;
    final Same same;
    final LongAdder count = new LongAdder();
    final LongAdder nanos = new LongAdder();

    Entry(Object text) {
      this.text = text;
      this.same = new Same(text);
    }
  }

  /** Stands for a text: what is known of two texts may be equal, and they are two all the same. */
  private static final class Same {

    private final Object text;

    Same(Object text) {
      this.text = text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Same same && same.text == text;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(text);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }

  /**
   * One was run.
   *
   * @param text what stands for it; another object is another text
   */
  public void record(Object text, long nanos) {
    // Small texts are many, and a table half full finds most of them in the first place.
    int first = System.identityHashCode(text) & (PLACES - 1);
    Entry entry = entries.get(first);
    if (entry == null || entry.text != text) {
      entry = another(first, text);
    }
    if (entry != null) {
      entry.count.increment();
      entry.nanos.add(nanos);
    }
  }

  private @Nullable Entry another(int first, Object text) {
    for (int i = 0; i < 4; i++) {
      int at = (first + i) & (PLACES - 1);
      Entry there = entries.get(at);
      if (there == null) {
        Entry made = new Entry(text);
        there = entries.compareAndSet(at, null, made) ? made : entries.get(at);
      }
      if (there != null && there.text == text) {
        return there;
      }
    }
    return null;
  }

  /** What was noted since this was asked last. For one thread. */
  public List<TextTime> take() {
    List<TextTime> times = new ArrayList<>();
    for (int i = 0; i < PLACES; i++) {
      Entry entry = entries.get(i);
      if (entry != null) {
        long count = entry.count.sumThenReset();
        long nanos = entry.nanos.sumThenReset();
        if (count == 0) {
          // What is noted in it just now is lost, which is one statement of a text that is rare.
          entries.compareAndSet(i, entry, null);
        } else {
          times.add(new TextTime(entry.same, count, nanos));
        }
      }
    }
    return times;
  }
}
