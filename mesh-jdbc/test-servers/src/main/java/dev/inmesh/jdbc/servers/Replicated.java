package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;

/** A primary and a replica of it. */
public record Replicated(DatabaseServer primary, DatabaseServer replica) {

  private static final Map<Product, Replicated> SHARED = new EnumMap<>(Product.class);

  /**
   * The ones that all of this JVM share, started at the first call and not closed before the JVM
   * ends. Who holds back the replica releases it; who wants to kill one starts servers of his own.
   */
  public static Replicated shared(Product product) throws IOException, SQLException {
    synchronized (SHARED) {
      Replicated known = SHARED.get(product);
      if (known == null) {
        DatabaseServer primary = product.start();
        known = new Replicated(primary, primary.replica());
        SHARED.put(product, known);
      }
      return known;
    }
  }
}
