package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.jdbc.micrometer.WritePositionAccessor;
import dev.inmesh.jdbc.position.Positions;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page's position is, as text and in threads. */
@SuppressWarnings("try") // A scope is there to be closed.
final class WritePositionTest {

  private static final Positions NUMBERS = Positions.ofPostgres();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "orders=16/B374D848",
        "catalog=0-1-270,1-1-3;orders=16/B374D848",
        "orders=?",
        "a+b%3B=0/1"
      })
  void aTextComesBackAsItWas(String text) {
    assertThat(WritePosition.of(text).toText()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orders",
        "orders=",
        "=0/1",
        "orders=0/1 OR 1=1",
        "orders=0/1\r\nset-cookie: a=b",
        "%zz=0/1",
        "ordres=\u00e9"
      })
  void whatCantBeUnderstoodIsIgnored(String text) {
    assertThat(WritePosition.of(text).toText()).isEmpty();
    assertThat(WritePosition.of(text + ";kept=0/1").toText()).isEqualTo("kept=0/1");
  }

  @Test
  void textsAtRandomNeitherFailNorSayWhatOthersCouldNotRead() {
    Random random = new Random(1);
    String letters = "orders=;?/-,:%+*.0123456789ABCDEF \r\n\u00e9'\"";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(30); length > 0; length--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }

      String read = WritePosition.of(text.toString()).toText();

      assertThat(WritePosition.of(read).toText()).as("%s", text).isEqualTo(read);
      assertThat(read).as("%s", text).matches("[A-Za-z0-9=;,:/._?%*+-]*");
    }
  }

  @Test
  void whatIsTooLongIsUnknownAndNotLost() {
    WritePosition position = WritePosition.none();
    for (int i = 0; i < 1000; i++) {
      position.begins("d" + i);
      position.ends("d" + i, "16/B374D848", NUMBERS);
    }

    assertThat(position.toText()).startsWith("d0=?;d1=?;");
    assertThat(WritePosition.of(position.toText()).isUnknown("d999")).isTrue();
  }

  @Test
  void whileAConnectionHasNotSaidUpToWhereTheTextSaysSo() {
    WritePosition position = WritePosition.of("orders=0/1");

    position.begins("orders");
    assertThat(position.toText()).isEqualTo("orders=?");
    assertThat(position.isUnknown("orders")).isTrue();

    position.ends("orders", "0/2", NUMBERS);
    assertThat(position.toText()).isEqualTo("orders=0/2");
    assertThat(position.isUnknown("orders")).isFalse();
  }

  @Test
  void whatCameFromOutsideOnlyRaises() {
    WritePosition high = WritePosition.of("orders=F/0");
    high.begins("orders");
    high.ends("orders", "0/2", NUMBERS);
    WritePosition strange = WritePosition.of("orders=0-1-2");
    strange.begins("orders");
    strange.ends("orders", "0/2", NUMBERS);
    WritePosition unknown = WritePosition.of("orders=?");
    unknown.begins("orders");
    unknown.ends("orders", "0/2", NUMBERS);

    assertThat(high.toText()).isEqualTo("orders=F/0");
    assertThat(strange.toText()).isEqualTo("orders=0/2");
    assertThat(unknown.toText()).isEqualTo("orders=?");
  }

  @Test
  void aScopeHoldsInItsThreadUntilItIsClosed() {
    WritePosition outer = WritePosition.none();
    WritePosition inner = WritePosition.none();
    try (WritePosition.Scope first = outer.open()) {
      try (WritePosition.Scope second = inner.open()) {
        assertThat(WritePosition.current()).containsSame(inner);
      }
      assertThat(WritePosition.current()).containsSame(outer);
      first.close();
      first.close();
      assertThat(WritePosition.current()).isEmpty();
    }
  }

  @Test
  void contextPropagationCarriesIt() throws InterruptedException {
    ContextRegistry registry = new ContextRegistry();
    registry.registerThreadLocalAccessor(new WritePositionAccessor());
    ContextSnapshotFactory factory =
        ContextSnapshotFactory.builder().contextRegistry(registry).build();
    WritePosition page = WritePosition.none();
    AtomicReference<Optional<WritePosition>> seen = new AtomicReference<>(Optional.empty());
    try (WritePosition.Scope scope = page.open()) {
      ContextSnapshot snapshot = factory.captureAll();
      Thread other = new Thread(snapshot.wrap(() -> seen.set(WritePosition.current())));
      other.start();
      other.join();
    }

    assertThat(seen.get()).containsSame(page);
  }

  @Test
  void theAccessorIsFoundByItsServiceLoader() {
    assertThat(ServiceLoader.load(ThreadLocalAccessor.class))
        .anyMatch(WritePositionAccessor.class::isInstance);
  }
}
