/** A service mesh that runs inside the JVM. */
@SuppressWarnings("module") // That of JDBC is compiled after this one.
module dev.inmesh {
  requires transitive java.net.http;
  requires transitive okhttp3;
  requires transitive micrometer.core;
  requires com.github.benmanes.caffeine;
  requires dev.failsafe.core;
  requires inet.ipaddr;
  requires okio;
  requires kotlin.stdlib;
  requires org.slf4j;
  requires static context.propagation;
  requires static org.jspecify;

  exports dev.inmesh;
  exports dev.inmesh.call;
  exports dev.inmesh.config;
  exports dev.inmesh.server;
  exports dev.inmesh.balance to
      dev.inmesh.jdbc;
  exports dev.inmesh.engine to
      dev.inmesh.jdbc;
  exports dev.inmesh.event to
      dev.inmesh.jdbc;
  exports dev.inmesh.timer to
      dev.inmesh.jdbc;

  uses dev.inmesh.server.ServerSourceFactory;

  provides io.micrometer.context.ThreadLocalAccessor with
      dev.inmesh.micrometer.DeadlineAccessor;
}
