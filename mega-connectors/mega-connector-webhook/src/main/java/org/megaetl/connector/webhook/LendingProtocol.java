package org.megaetl.connector.webhook;

import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.threads.TaskThreadFactory;

/**
 * Tomcat's usual protocol, with {@link RequestThreads} that take their tasks from a
 * {@link RequestQueue}. Public as Tomcat creates it.
 */
public final class LendingProtocol extends Http11NioProtocol {

	/**
	 * Creates the protocol.
	 */
	public LendingProtocol() {
		super(new Endpoint());
	}

	private static final class Endpoint extends NioEndpoint {

		@Override
		public void createExecutor() {
			if (getUseVirtualThreads()) {
				super.createExecutor();
				return;
			}
			RequestQueue queue = new RequestQueue(getMaxQueueSize());
			RequestThreads threads = new RequestThreads(getMinSpareThreads(), getMaxThreads(), getThreadsMaxIdleTime(),
					queue, new TaskThreadFactory(getName() + "-exec-", getDaemon(), getThreadPriority()));
			setExecutor(threads);
			// or they would not be stopped with the server
			this.internalExecutor = true;
		}

	}

}
