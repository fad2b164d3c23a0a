@echo off
rem Runs the Maven on the PATH if it is new enough, else the one pinned in .mvn\mvnw.properties, which is
rem downloaded once and checked. MVNW_BASE_URL names another place that is laid out like the archive.
rem Needs what Windows 10 and newer bring along: curl, certutil, tar.
setlocal
set "ROOT=%~dp0"

if not defined JAVA_HOME goto java_on_path
set "PATH=%JAVA_HOME%\bin;%PATH%"
if exist "%JAVA_HOME%\bin\java.exe" goto java_found
echo mvnw: JAVA_HOME is '%JAVA_HOME%', but there is no bin\java.exe in it. Set it to a JDK 17 or newer.>&2
exit /b 1
:java_on_path
where java.exe >nul 2>nul
if not errorlevel 1 goto java_found
echo mvnw: There is no java on the PATH and JAVA_HOME is not set. Install a JDK 17 or newer.>&2
exit /b 1
:java_found
set "JAVA_VERSION=0"
for /f "tokens=2,3" %%a in ('java.exe -version 2^>^&1') do if "%%a"=="version" set "JAVA_VERSION=%%~b"
for /f "delims=.-" %%m in ("%JAVA_VERSION%") do set "JAVA_MAJOR=%%m"
if %JAVA_MAJOR% geq 17 goto java_checked
echo mvnw: The java found first is Java %JAVA_VERSION%. Set JAVA_HOME to a JDK 17 or newer.>&2
exit /b 1
:java_checked

set "MAVEN=mvn.cmd"
where mvn.cmd >nul 2>nul
if errorlevel 1 goto pinned_maven
set "MAVEN_VERSION=0.0.0"
for /f "tokens=1-3" %%a in ('mvn.cmd --version') do if "%%a %%b"=="Apache Maven" set "MAVEN_VERSION=%%c"
for /f "tokens=1-3 delims=.-" %%a in ("%MAVEN_VERSION%") do set /a "MAVEN_NUMBER=%%a*1000000+%%b*1000+%%c"
rem 3.8.6
if %MAVEN_NUMBER% geq 3008006 goto run

:pinned_maven
for /f "usebackq tokens=1,2 delims==" %%k in ("%ROOT%.mvn\mvnw.properties") do (
	if "%%k"=="mavenVersion" set "VERSION=%%l"
	if "%%k"=="mavenSha512" set "SHA512=%%l"
)
if not defined MAVEN_USER_HOME set "MAVEN_USER_HOME=%USERPROFILE%\.m2"
set "DIST=%MAVEN_USER_HOME%\wrapper\dists\apache-maven-%VERSION%\%SHA512:~0,16%"
set "MAVEN=%DIST%\apache-maven-%VERSION%\bin\mvn.cmd"
if exist "%MAVEN%" goto run

if not defined MVNW_BASE_URL set "MVNW_BASE_URL=https://archive.apache.org/dist/maven"
set "URL=%MVNW_BASE_URL%/maven-3/%VERSION%/binaries/apache-maven-%VERSION%-bin.tar.gz"
set "WORK=%DIST%\download.%RANDOM%%RANDOM%"
mkdir "%WORK%"
if not exist "%WORK%" exit /b 1
echo mvnw: Downloading Maven %VERSION% from %URL%>&2
"%SystemRoot%\System32\curl.exe" -fsSL --retry 2 -o "%WORK%\maven.tar.gz" "%URL%"
if not errorlevel 1 goto downloaded
echo mvnw: %URL% could not be downloaded. Check the network, or install Maven 3.8.6 or newer yourself.>&2
goto give_up
:downloaded
set "ACTUAL="
for /f "skip=1 delims=" %%h in ('certutil -hashfile "%WORK%\maven.tar.gz" SHA512') do if not defined ACTUAL set "ACTUAL=%%h"
set "ACTUAL=%ACTUAL: =%"
if /i "%ACTUAL%"=="%SHA512%" goto checked
echo mvnw: %URL% has the SHA-512 '%ACTUAL%', but .mvn\mvnw.properties wants '%SHA512%'. The download was thrown away.>&2
goto give_up
:checked
"%SystemRoot%\System32\tar.exe" -xzf "%WORK%\maven.tar.gz" -C "%WORK%"
if errorlevel 1 goto give_up
rem A rename, so that nobody sees half a Maven; it fails when another mvnw was faster, whose Maven is as good
move "%WORK%\apache-maven-%VERSION%" "%DIST%" >nul 2>nul
rmdir /s /q "%WORK%"
if exist "%MAVEN%" goto run
echo mvnw: Maven could not be moved to '%DIST%'.>&2
exit /b 1
:give_up
rmdir /s /q "%WORK%"
exit /b 1

:run
call "%MAVEN%" %*
exit /b %ERRORLEVEL%
