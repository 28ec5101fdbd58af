package dev.bertserve.server.serving;

/**
 * Which model a lease is on.
 *
 * @param version name and number
 * @param signature name of the signature that is served
 */
public record ModelIdentity(ModelVersion version, String signature) {}
