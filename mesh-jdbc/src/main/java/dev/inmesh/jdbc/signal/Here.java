package dev.inmesh.jdbc.signal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a database server runs on this machine. Its address isn't enough, since what listens on
 * loopback may be a tunnel or a proxy to another one: the server's own word has to fit. In doubt it
 * doesn't.
 */
final class Here {

  private static final Pattern URL =
      Pattern.compile("jdbc:(?:postgresql|mysql|mariadb)(?::[a-z]+)?:(?://([^/?]*))?.*");

  /** No names but this one, since to look them up may take long. */
  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-f:]*:[0-9a-f:.]*");

  private final Path proc;

  Here(Path proc) {
    this.proc = proc;
  }

  /**
   * Whether a process of PostgreSQL has this number here, and the address is one of this machine.
   */
  boolean isPostgres(@Nullable String url, long pid) {
    return isLocal(url)
        && read(proc.resolve(Long.toString(pid)).resolve("comm")).startsWith("postgres");
  }

  /** Whether the server calls its machine as this one is called, and the address fits. */
  boolean isHost(@Nullable String url, String hostname) {
    return isLocal(url) && read(proc.resolve("sys/kernel/hostname")).equals(hostname);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  private static boolean isLocal(@Nullable String url) {
    Matcher matcher = URL.matcher(url == null ? "" : url.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return false;
    }
    String hosts = matcher.group(1);
    if (hosts == null || hosts.isEmpty()) {
      return true;
    }
    for (String host : hosts.split(",", -1)) {
      if (!isLocalHost(host.replaceFirst(":\\d+$", "").replaceAll("[\\[\\]]", ""))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLocalHost(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    if (!LITERAL.matcher(host).matches()) {
      return false;
    }
    try {
      InetAddress address = InetAddress.getByName(host);
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (IOException e) {
      return false;
    }
  }
}
