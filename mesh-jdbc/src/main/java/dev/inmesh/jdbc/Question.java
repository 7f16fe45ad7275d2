package dev.inmesh.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Something that a server is asked over a connection to it. */
@FunctionalInterface
interface Question<T> {

  T ask(Connection raw) throws SQLException;
}
