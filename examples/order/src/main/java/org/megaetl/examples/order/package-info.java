/**
 * The smallest complete application: one transformer behind a webhook.
 */
@NullMarked
package org.megaetl.examples.order;

import org.jspecify.annotations.NullMarked;
