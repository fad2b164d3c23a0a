/**
 * Real servers for development and tests, started from Maven artifacts. Never part of a
 * production artifact.
 */
@NullMarked
package org.megaetl.devservices;

import org.jspecify.annotations.NullMarked;
