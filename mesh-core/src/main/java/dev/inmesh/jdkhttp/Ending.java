package dev.inmesh.jdkhttp;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a client ends since Java 21; before, one can't be ended, and nothing here does anything. */
final class Ending {

  private static final @Nullable Method SHUTDOWN = method("shutdown");
  private static final @Nullable Method SHUTDOWN_NOW = method("shutdownNow");
  private static final @Nullable Method IS_TERMINATED = method("isTerminated");
  private static final @Nullable Method AWAIT = method("awaitTermination", Duration.class);

  private Ending() {}

  private static @Nullable Method method(String name, Class<?>... parameters) {
    try {
      return HttpClient.class.getMethod(name, parameters);
    } catch (NoSuchMethodException before21) {
      return null;
    }
  }

  static void shutdown(HttpClient client) {
    Object unused = call(SHUTDOWN, client);
  }

  static void shutdownNow(HttpClient client) {
    Object unused = call(SHUTDOWN_NOW, client);
  }

  static boolean isTerminated(HttpClient client) {
    return Boolean.TRUE.equals(call(IS_TERMINATED, client));
  }

  static boolean awaitTermination(HttpClient client, Duration most) throws InterruptedException {
    try {
      return AWAIT == null || (boolean) AWAIT.invoke(client, most);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e); // They are public.
    }
  }

  private static @Nullable Object call(@Nullable Method method, HttpClient client) {
    try {
      return method == null ? null : method.invoke(client);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e); // They are public and throw nothing.
    }
  }
}
