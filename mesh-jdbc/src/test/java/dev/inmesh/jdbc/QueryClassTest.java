package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.StatementClass;
import dev.inmesh.jdbc.micrometer.QueryClassAccessor;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class QueryClassTest {

  private final AtomicReference<Optional<QueryClass>> seen =
      new AtomicReference<>(Optional.empty());

  @Test
  void theInnermostScopeHolds() {
    QueryClass.Scope outer = QueryClass.BATCH.open();
    QueryClass.Scope inner = QueryClass.CRITICAL.open();
    assertThat(QueryClass.current()).contains(QueryClass.CRITICAL);

    inner.close();
    inner.close();
    assertThat(QueryClass.current()).contains(QueryClass.BATCH);

    outer.close();
    assertThat(QueryClass.current()).isEmpty();
  }

  @Test
  void aWrappedTaskTakesItToAnotherThread() throws InterruptedException {
    Runnable task;
    try (QueryClass.Scope scope = QueryClass.BACKGROUND.open()) {
      Objects.requireNonNull(scope);
      task = QueryClass.wrap(() -> seen.set(QueryClass.current()));
    }

    run(task);

    assertThat(seen.get()).contains(QueryClass.BACKGROUND);
  }

  @Test
  void contextPropagationCarriesIt() throws InterruptedException {
    ContextRegistry registry = new ContextRegistry();
    registry.registerThreadLocalAccessor(new QueryClassAccessor());
    ContextSnapshotFactory factory =
        ContextSnapshotFactory.builder().contextRegistry(registry).build();
    try (QueryClass.Scope scope = QueryClass.BATCH.open()) {
      Objects.requireNonNull(scope);
      ContextSnapshot snapshot = factory.captureAll();
      run(snapshot.wrap(() -> seen.set(QueryClass.current())));
    }

    assertThat(seen.get()).contains(QueryClass.BATCH);
  }

  @Test
  void theAccessorIsFoundByItsServiceLoader() {
    assertThat(ServiceLoader.load(ThreadLocalAccessor.class))
        .anyMatch(QueryClassAccessor.class::isInstance);
  }

  @ParameterizedTest
  @EnumSource
  void eachIsWhatTheConfigurationCallsIt(StatementClass inside) {
    assertThat(QueryClass.of(inside).inside()).isEqualTo(inside);
    assertThat(QueryClass.of(inside)).hasToString(inside.name());
  }

  private static void run(Runnable task) throws InterruptedException {
    Thread other = new Thread(task, "other");
    other.start();
    other.join();
  }
}
