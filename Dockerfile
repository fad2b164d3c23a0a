# The image of one application of this repository: docker build --tag mega .
# docs/container.md says how it is used, and what the arguments are for.

# The Java runtime that the image is made of; any with a JDK 25 or newer, and glibc if there is to be an AOT cache
ARG JRE_IMAGE=eclipse-temurin:25-jre
ARG BUILD_IMAGE=maven:3.9-eclipse-temurin-25
ARG DATABASE_IMAGE=mariadb:11.4
# "trained", or "untrained" for an image without AOT cache
ARG AOT=trained

FROM ${BUILD_IMAGE} AS build
# The module that is built: mega-app, or the folder of an example
ARG MODULE=mega-app
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/maven mvn -B -ntp -Dmaven.repo.local=/maven -pl ${MODULE} -am package -DskipTests
RUN cp $(ls ${MODULE}/target/*.jar | grep -v -e -sources -e -javadoc -e -tests) mega.jar
RUN java -Djarmode=tools -jar mega.jar extract --layers --destination layers
RUN javac -d /training container/training/Training.java && cp -r container/training/* /training

FROM ${JRE_IMAGE} AS application
WORKDIR /app
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/spring-boot-loader/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./

# The application runs on the very Java runtime and paths of the image, next to a database, and is posted events
FROM ${DATABASE_IMAGE} AS trained
ARG JAVA_HOME=/opt/java/openjdk
COPY --from=application ${JAVA_HOME} ${JAVA_HOME}
COPY --from=application /app /app
COPY --from=build /training /training
WORKDIR /app
ENV MARIADB_RANDOM_ROOT_PASSWORD=1 MARIADB_DATABASE=training MARIADB_USER=training MARIADB_PASSWORD=training
RUN docker-entrypoint.sh mariadbd > /tmp/mariadbd.log 2>&1 & \
	DATABASE_URL=mysql://training:training@127.0.0.1/training ${JAVA_HOME}/bin/java -cp /training Training /training /cache/mega.aot \
	|| { cat /tmp/mariadbd.log; exit 1; }

FROM ${JRE_IMAGE} AS untrained
RUN mkdir /cache

FROM ${AOT} AS cache

FROM application
COPY --from=cache /cache/ ./
# The management port is apart, so that only the other one is published, and does not take over TLS of that, as the
# health check and Prometheus ask in plain HTTP. Half of the memory is for what is not heap: threads, code, buffers of
# connections.
ENV SERVER_PORT=3344 MANAGEMENT_SERVER_PORT=8081 MANAGEMENT_SERVER_SSL_ENABLED=false JDK_JAVA_OPTIONS="-XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError"
EXPOSE 3344 8081
# Nobody in particular: no name, no home, nothing of its own in the file system. /tmp must be writable.
USER 65532:65532
# Without the options that are meant for the application's JVM: with its heap, or its agents, the check might not start
HEALTHCHECK --start-period=5m --start-interval=1s --interval=30s --timeout=12s CMD ["env", "-u", "JDK_JAVA_OPTIONS", "-u", "JAVA_TOOL_OPTIONS", "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx16m", "-cp", "mega.jar", "org.megaetl.actuate.HealthCheck"]
# JavaScript's runtime unpacks native code, by default in the home that the user does not have
ENTRYPOINT ["java", "-XX:AOTCache=mega.aot", "-Dpolyglot.engine.userResourceCache=/tmp/polyglot", "-jar", "mega.jar"]
