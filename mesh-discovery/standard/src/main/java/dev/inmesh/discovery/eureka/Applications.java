package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** All instances of all apps. Immutable. */
final class Applications {

  private final Map<Key, Instance> instances;

  /** Which instance it is. */
  record Key(String app, String id) {

    static String app(String name) {
      return name.toUpperCase(Locale.ROOT);
    }
  }

  /** What Eureka says of one instance: that it is there, or that it is gone. */
  record Word(Key key, Instance instance, boolean gone) {}

  /**
   * An answer to the question for all, or for what has changed lately.
   *
   * @param hash of all instances, after the changes
   */
  record Said(List<Word> words, String hash) {

    /**
     * Reads one.
     *
     * @throws IOException if it isn't Eureka's: {@code {}} is no empty registry
     */
    static Said of(Json answer, Instance.Form form) throws IOException {
      Json applications = answer.get("applications");
      Json hash = applications.get("apps__hashcode");
      if (!hash.isScalar()) {
        throw new IOException("not an answer of Eureka: it has no apps__hashcode");
      }
      List<Word> words = new ArrayList<>();
      for (Json application : all(applications.get("application"))) {
        String app = Key.app(application.get("name").text());
        for (Json json : all(application.get("instance"))) {
          Instance instance = Instance.of(json, form);
          boolean gone = json.get("actionType").text().equals("DELETED");
          words.add(new Word(new Key(app, instance.id()), instance, gone));
        }
      }
      return new Said(List.copyOf(words), hash.text());
    }

    /** Old servers write an array of one as that one. */
    private static List<Json> all(Json json) {
      return json.isObject() ? List.of(json) : json.elements();
    }
  }

  private Applications(Map<Key, Instance> instances) {
    this.instances = instances;
  }

  /** Those of an answer to the question for all. */
  static Applications of(Said said) {
    Map<Key, Instance> instances = new HashMap<>();
    // An action is of no meaning there: it is the last one that there was.
    said.words().forEach(word -> instances.put(word.key(), word.instance()));
    return new Applications(instances);
  }

  /** The same after some changes. */
  Applications after(Said changes) {
    if (changes.words().isEmpty()) {
      return this;
    }
    Map<Key, Instance> changed = new HashMap<>(instances);
    for (Word word : changes.words()) {
      if (word.gone()) {
        changed.remove(word.key());
      } else {
        changed.put(word.key(), word.instance());
      }
    }
    return new Applications(changed);
  }

  /** How many there are of each status, as Eureka writes it: {@code DOWN_1_UP_12_}. */
  String hash() {
    Map<String, Integer> counts = new TreeMap<>();
    instances.values().forEach(instance -> counts.merge(instance.status(), 1, Integer::sum));
    StringBuilder hash = new StringBuilder();
    counts.forEach((status, count) -> hash.append(status).append('_').append(count).append('_'));
    return hash.toString();
  }

  Map<Key, Instance> instances() {
    return instances;
  }
}
