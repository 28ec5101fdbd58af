/** Who may call the server, and the certificate by which clients know it. JDK only. */
@NullMarked
package dev.bertserve.server.access;

import org.jspecify.annotations.NullMarked;
