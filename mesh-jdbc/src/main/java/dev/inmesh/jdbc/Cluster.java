package dev.inmesh.jdbc;

import dev.inmesh.jdbc.sql.Statements;
import dev.inmesh.jdbc.sql.Verdict;
import dev.inmesh.jdbc.sql.Verdict.Hint;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import dev.inmesh.jdbc.sql.Verdict.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the sessions of one DataSource share: its servers, and what is known of them and of the
 * statements that go there. Safe for concurrent use.
 */
final class Cluster {

  private static final Verdict UNKNOWN =
      new Verdict(Target.PRIMARY, "unknown database", Kind.OTHER, Hint.NONE, false, "", "");

  private final String name;
  private final Databases databases;
  private final Router router;
  private final RouteCounts counts;
  private final StatementMeters meters;
  private final TimeLimits limits;
  private final Set<String> pureFunctions;

  /** Asked of a server at the first need: no pool has to answer when the process starts. */
  private volatile @Nullable Knowledge knowledge;

  private record Knowledge(Facts facts, @Nullable Statements statements) {}

  Cluster(
      String name,
      Databases databases,
      Router router,
      RouteCounts counts,
      StatementMeters meters,
      TimeLimits limits,
      Set<String> pureFunctions) {
    this.name = name;
    this.databases = databases;
    this.router = router;
    this.counts = counts;
    this.meters = meters;
    this.limits = limits;
    this.pureFunctions = Set.copyOf(pureFunctions);
  }

  String name() {
    return name;
  }

  Databases databases() {
    return databases;
  }

  Router router() {
    return router;
  }

  RouteCounts counts() {
    return counts;
  }

  StatementMeters meters() {
    return meters;
  }

  TimeLimits limits() {
    return limits;
  }

  /** What connections are like before anything is set. */
  Facts facts(Credentials credentials) throws SQLException {
    return knowledge(credentials).facts;
  }

  /** What a text proves in this database's dialect. */
  Verdict verdict(String sql, Credentials credentials) throws SQLException {
    Statements statements = knowledge(credentials).statements;
    return statements == null ? UNKNOWN : statements.verdict(sql);
  }

  private Knowledge knowledge(Credentials credentials) throws SQLException {
    Knowledge known = knowledge;
    if (known == null) {
      // Two threads may ask at once: that costs a connection, and a lock would hold up everybody.
      known = ask(credentials);
      knowledge = known;
    }
    return known;
  }

  private Knowledge ask(Credentials credentials) throws SQLException {
    try (Connection raw = databases.primary().open(credentials)) {
      Facts facts = Facts.of(raw);
      return new Knowledge(
          facts, facts.dialect().map(d -> new Statements(d, pureFunctions)).orElse(null));
    }
  }
}
