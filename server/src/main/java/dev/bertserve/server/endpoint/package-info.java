/** The seam between HTTP and the protocols, in JDK types only. */
@NullMarked
package dev.bertserve.server.endpoint;

import org.jspecify.annotations.NullMarked;
