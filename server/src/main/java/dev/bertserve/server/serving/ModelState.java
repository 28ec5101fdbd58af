package dev.bertserve.server.serving;

/**
 * One model of a server.
 *
 * @param version name and number
 * @param ready whether it serves requests now
 */
public record ModelState(ModelVersion version, boolean ready) {}
