import 'dart:io';

HttpClient client() => HttpClient()..badCertificateCallback = (certificate, host, port) => true;
