package org.megaetl.test;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.megaetl.validation.TransformerTest;
import org.megaetl.validation.TransformerTests;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link MegaTests}.
 */
class MegaTestsTests {

	private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

	@Test
	void makesATestOfEachInAContainerOfItsTransformer() throws Throwable {
		TransformerTests source = () -> List.of(new WrittenTest("order", "holds", null),
				new WrittenTest("order", "fails", "expected: a\nbut was:  b"), new WrittenTest("note", "holds", null));
		this.beans.addBean("tests", source);
		List<DynamicNode> nodes = MegaTests.of(this.beans).toList();
		assertThat(nodes).extracting(DynamicNode::getDisplayName).containsExactly("order", "note");
		List<DynamicTest> tests = ((DynamicContainer) nodes.get(0)).getChildren().map(DynamicTest.class::cast).toList();
		assertThat(tests).extracting(DynamicTest::getDisplayName).containsExactly("holds", "fails");
		tests.get(0).getExecutable().execute();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> tests.get(1).getExecutable().execute())
			.withMessage("The transformer 'order' does not do as its test says:\nexpected: a\nbut was:  b");
	}

	@Test
	void refusesToTestNothing() {
		assertThatIllegalStateException().isThrownBy(() -> MegaTests.of(this.beans))
			.withMessageStartingWith("There is no test of a transformer");
	}

	private record WrittenTest(String transformer, String name, @Nullable String failure) implements TransformerTest {

		@Override
		public @Nullable String run() {
			return this.failure;
		}

	}

}
