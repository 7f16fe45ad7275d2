package dev.inmesh.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A shard: the name of a database, and maybe the keys that it has: {@code people keys=a|b}. */
record DatabaseShardType() implements ValueType<DatabaseShard> {

  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final String KEYS = "keys=";

  @Override
  public DatabaseShard parse(String text) throws Refused {
    String[] words = BLANKS.split(text.strip(), -1);
    if (!NAME.matcher(words[0]).matches()) {
      throw Refused.malformed(
          Echo.quoted(words[0]) + " is no name of a database; write one of mesh.jdbc.<name>");
    }
    if (words.length == 1) {
      return new DatabaseShard(words[0], List.of());
    }
    if (words.length > 2 || !words[1].startsWith(KEYS)) {
      throw Refused.malformed(
          Echo.quoted(words[words.length - 1])
              + " is no attribute of a shard; write keys=<key>|<key>");
    }
    return new DatabaseShard(words[0], keys(words[1].substring(KEYS.length())));
  }

  private static List<String> keys(String written) throws Refused {
    List<String> keys = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String key : written.split("\\|", -1)) {
      if (key.isEmpty()) {
        throw Refused.malformed(
            Echo.quoted(KEYS + written) + " has an empty key; remove it, or the attribute");
      }
      if (!seen.add(key)) {
        throw Refused.malformed(Echo.quoted(key) + " is there twice; remove one");
      }
      keys.add(key);
    }
    return List.copyOf(keys);
  }

  @Override
  public String syntax() {
    return "name of a database and keys=";
  }
}
