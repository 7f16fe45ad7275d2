package dev.inmesh.discovery.zookeeper;

import dev.inmesh.server.AddressLiteral;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** How a node says what a server is. */
enum NodeFormat {
  /** JSON is {@link #CURATOR}, all else {@link #LINES}; the latter is written. */
  AUTO {
    @Override
    ServerEntry read(String name, byte[] data) {
      return data.length > 0 && data[0] == '{' ? CURATOR.read(name, data) : LINES.read(name, data);
    }

    @Override
    byte[] write(String service, ServerEntry entry) {
      return LINES.write(service, entry);
    }
  },

  /** A server line, {@code 10.0.0.3:5000 weight=5}, in the node's data or else its name. */
  LINES {
    @Override
    ServerEntry read(String name, byte[] data) {
      String line = new String(data, StandardCharsets.UTF_8).strip();
      // Curator writes the address of whoever makes a node where no data is given.
      boolean says = !line.isEmpty() && AddressLiteral.of(line).isEmpty();
      return ServerEntry.line(says ? line : name);
    }

    @Override
    byte[] write(String service, ServerEntry entry) {
      return String.join(" ", entry.words()).getBytes(StandardCharsets.UTF_8);
    }
  },

  /** What Curator's service discovery writes; see {@link CuratorInstance}. */
  CURATOR {
    @Override
    ServerEntry read(String name, byte[] data) {
      try {
        return CuratorInstance.read(data);
      } catch (IOException e) {
        return useless(name, String.valueOf(e.getMessage()));
      }
    }

    @Override
    byte[] write(String service, ServerEntry entry) {
      return CuratorInstance.write(service, entry);
    }
  };

  static NodeFormat of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** What a node says, unchecked; an entry that the mesh drops where it says nothing. */
  abstract ServerEntry read(String name, byte[] data);

  /** What a node is to say. */
  abstract byte[] write(String service, ServerEntry entry);

  /** An entry that the mesh drops, and whose message says why. */
  static ServerEntry useless(String name, String reason) {
    return new ServerEntry(List.of(name, "(" + reason + ")"));
  }
}
