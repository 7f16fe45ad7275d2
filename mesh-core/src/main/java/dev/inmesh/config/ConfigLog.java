package dev.inmesh.config;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the configuration says what it did. */
interface ConfigLog {

  void info(String line);

  void warn(String line);

  /** The logger of {@link Configuration}. */
  static ConfigLog slf4j() {
    Logger logger = LoggerFactory.getLogger(Configuration.class);
    return new ConfigLog() {
      @Override
      public void info(String line) {
        logger.info("{}", line);
      }

      @Override
      public void warn(String line) {
        logger.warn("{}", line);
      }
    };
  }
}
