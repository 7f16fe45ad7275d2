/** Routing and throttling of the statements that go to a shared database. */
module dev.inmesh.jdbc {
  requires com.github.benmanes.caffeine;
  requires static org.jspecify;
}
