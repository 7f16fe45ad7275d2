package dev.inmesh.discovery.http;

import dev.inmesh.discovery.json.Json;
import dev.inmesh.discovery.json.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Answers that are a little other than a registry's: values are gone, twice there or others. */
public final class Mutations {

  private static final List<Object> OTHERS =
      List.of(Map.of(), List.of(), -1, Long.MAX_VALUE, "", true, "\u0000", "[", "x".repeat(5000));

  private final Random random = new Random(7);

  /** Takes an answer, or says in a few words why not. */
  public interface Reader {
    /** Reads it. */
    void read(Json json) throws IOException;
  }

  private Mutations() {}

  /**
   * Has many read; whatever fails other than with an {@link IOException} fails the test.
   *
   * @return how many could be read
   */
  public static int read(String text, int count, Reader reader) throws IOException {
    Mutations mutations = new Mutations();
    Object tree = plain(Json.parse(text.getBytes(StandardCharsets.UTF_8)));
    int well = 0;
    for (int i = 0; i < count; i++) {
      byte[] mutated = JsonText.of(mutations.mutated(tree));
      try {
        reader.read(Json.parse(mutated));
        well++;
      } catch (IOException e) {
        // It is for the mesh to say so.
      } catch (RuntimeException e) {
        throw new AssertionError(new String(mutated, StandardCharsets.UTF_8), e);
      }
    }
    return well;
  }

  /** Maps, lists and texts. */
  public static Object plain(Json json) {
    if (json.isArray()) {
      return json.elements().stream().map(Mutations::plain).toList();
    }
    if (!json.isObject()) {
      return json.text();
    }
    Map<String, Object> map = new LinkedHashMap<>();
    json.fields().forEach((name, value) -> map.put(name, plain(value)));
    return map;
  }

  private Object mutated(Object tree) {
    if (random.nextInt(25) == 0) {
      return OTHERS.get(random.nextInt(OTHERS.size()));
    }
    if (tree instanceof List<?> list) {
      List<Object> some = new ArrayList<>();
      for (Object element : list) {
        for (int times = times(); times > 0; times--) {
          some.add(mutated(element));
        }
      }
      return some;
    }
    if (tree instanceof Map<?, ?> map) {
      Map<String, Object> some = new LinkedHashMap<>();
      map.forEach(
          (name, value) -> {
            if (times() > 0) {
              some.put(String.valueOf(name), mutated(value));
            }
          });
      return some;
    }
    return tree;
  }

  /** Mostly once. */
  private int times() {
    int n = random.nextInt(30);
    return n == 0 ? 0 : n == 1 ? 2 : 1;
  }
}
