/** Routing and throttling of the statements that go to a shared database. */
module dev.inmesh.jdbc {
  requires transitive dev.inmesh;
  requires transitive java.sql;
  requires com.github.benmanes.caffeine;
  requires org.slf4j;
  requires static context.propagation;
  requires static org.jspecify;

  exports dev.inmesh.jdbc;

  provides java.sql.Driver with
      dev.inmesh.jdbc.MeshDriver;
  provides io.micrometer.context.ThreadLocalAccessor with
      dev.inmesh.jdbc.micrometer.QueryClassAccessor,
      dev.inmesh.jdbc.micrometer.WritePositionAccessor;
}
