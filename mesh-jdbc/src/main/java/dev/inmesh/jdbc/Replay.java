package dev.inmesh.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was set on a statement, for the next physical one: its settings, and the last value of each
 * parameter. Parameters by number, which are the usual ones, cost no object each. A stream can't be
 * set a second time: until it has been used, the statement must stay where it is. Only a {@link
 * Placement} is one: two objects for each statement would be one too many.
 */
abstract class Replay {

  private static final int MOST_NUMBERED = 1 << 16;

  private @Nullable Map<String, Call> settings;
  private @Nullable Map<String, Call> named;

  /** The setter of each parameter by number, and what it was given: two places for each. */
  private @Nullable Object @Nullable [] numbered;

  /** Whether a method of a statement is one whose call has to be made again. */
  static boolean records(String name) {
    return name.startsWith("set")
        || name.equals("registerOutParameter")
        || name.equals("closeOnCompletion");
  }

  final void record(String name, Method method, Object[] args) {
    boolean parameter = args.length >= 2;
    if (isStream(args)) {
      forget(name, args[0]);
    } else if (!parameter) {
      settings = put(settings, name, new Call(method, args));
    } else if (args[0] instanceof Integer number
        && name.startsWith("set")
        && number > 0
        && number <= MOST_NUMBERED) {
      number(number - 1, method, args);
    } else {
      named = put(named, key(name, args[0]), new Call(method, args));
    }
  }

  private static Map<String, Call> put(@Nullable Map<String, Call> map, String key, Call call) {
    Map<String, Call> into = map == null ? new LinkedHashMap<>() : map;
    // Behind the others: of two settings of the same thing, the one that was made last counts.
    into.remove(key);
    into.put(key, call);
    return into;
  }

  /** Whether results are fetched from the server piece by piece, as they are read. */
  final boolean fetchesInPieces() {
    Call size = settings == null ? null : settings.get("setFetchSize");
    return size != null && !size.isWith(0);
  }

  /** Whether it sets a parameter to what can be read only once. */
  static boolean isStream(Object[] args) {
    return args.length >= 2 && (args[1] instanceof InputStream || args[1] instanceof Reader);
  }

  /** An older value must not stand in for a stream that is gone. */
  private void forget(String name, Object parameter) {
    @Nullable Object[] places = numbered;
    if (parameter instanceof Integer number) {
      int at = 2 * (number - 1);
      if (places != null && at >= 0 && at < places.length) {
        places[at] = null;
        places[at + 1] = null;
      }
    }
    if (named != null) {
      named.remove(key(name, parameter));
    }
  }

  private static String key(String name, Object parameter) {
    return (name.startsWith("set") ? "set" : name) + " " + parameter;
  }

  private void number(int index, Method method, Object[] args) {
    @Nullable Object[] places = numbered;
    int at = 2 * index;
    if (places == null) {
      places = new @Nullable Object[Math.max(4, at + 2)];
    } else if (at >= places.length) {
      places = Arrays.copyOf(places, Math.max(2 * places.length, at + 2));
    }
    places[at] = method;
    places[at + 1] = args;
    numbered = places;
  }

  final void clearParameters() {
    named = null;
    numbered = null;
  }

  final void on(Statement made) throws Throwable {
    all(settings, made);
    @Nullable Object[] places = numbered;
    for (int i = 0; places != null && i < places.length; i += 2) {
      if (places[i] instanceof Method method && places[i + 1] instanceof Object[] args) {
        Call.on(made, method, args);
      }
    }
    all(named, made);
  }

  private static void all(@Nullable Map<String, Call> calls, Statement made) throws Throwable {
    if (calls != null) {
      for (Call call : calls.values()) {
        call.on(made);
      }
    }
  }
}
