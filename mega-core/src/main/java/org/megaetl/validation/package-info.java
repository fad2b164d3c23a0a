/**
 * What is checked of a configuration without running it: {@code --mega.validate}.
 */
@NullMarked
package org.megaetl.validation;

import org.jspecify.annotations.NullMarked;
